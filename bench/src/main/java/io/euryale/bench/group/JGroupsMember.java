package io.euryale.bench.group;

import io.euryale.group.Service;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.Receiver;
import org.jgroups.View;
import org.jspecify.annotations.Nullable;

/// A member of a JGroups cluster with a total-order stack.
///
/// JGroups has no safe order and no causal order. What is not agreed passes the same stack with the
/// message flags that JGroups documents for it.
final class JGroupsMember implements Member {

  static final List<Service> SERVICES =
      List.of(Service.UNRELIABLE, Service.RELIABLE, Service.FIFO, Service.AGREED);

  private final Seat seat;
  private final String stack;
  private @Nullable JChannel channel;

  JGroupsMember(Seat seat, String stack) {
    this.seat = seat;
    this.stack = stack;
  }

  @Override
  public List<Service> services() {
    return SERVICES;
  }

  // JGroups declares Exception everywhere.
  @SuppressWarnings("PMD")
  @Override
  public void join(Upcalls upcalls) throws IOException {
    try {
      JChannel fresh =
          new JChannel(new ByteArrayInputStream(stack.getBytes(StandardCharsets.UTF_8)));
      channel = fresh;
      fresh.setName(seat.name());
      fresh.setReceiver(
          new Receiver() {
            @Override
            public void receive(Message message) {
              upcalls.delivered(message.getArray(), message.getOffset(), message.getLength());
            }

            @Override
            public void viewAccepted(View view) {
              upcalls.configured(view.getMembers().stream().map(Address::toString).toList());
            }
          });
      fresh.connect("bench");
    } catch (Exception e) {
      throw new IOException("JGroups cannot join: " + e.getMessage(), e);
    }
  }

  @Override
  public void send(Service service, byte[] message) throws IOException, InterruptedException {
    Message carrier = new BytesMessage(null, message);
    switch (service) {
      case UNRELIABLE ->
          carrier.setFlag(
              Message.Flag.OOB, Message.Flag.NO_TOTAL_ORDER, Message.Flag.NO_RELIABILITY);
      case RELIABLE -> carrier.setFlag(Message.Flag.OOB, Message.Flag.NO_TOTAL_ORDER);
      case FIFO -> carrier.setFlag(Message.Flag.NO_TOTAL_ORDER);
      case AGREED -> {}
      case CAUSAL, SAFE -> throw new IOException("JGroups does not know " + service.label());
    }
    JChannel open = channel;
    if (open == null) {
      throw new IOException("Not joined");
    }
    try {
      open.send(carrier);
    } catch (InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("JGroups cannot send: " + e.getMessage(), e);
    }
  }

  @Override
  public void leave() {
    JChannel open = channel;
    if (open != null) {
      open.disconnect();
    }
  }

  @Override
  public void close() {
    JChannel open = channel;
    if (open != null) {
      open.close();
    }
  }
}
