package io.euryale.service.stream;

import io.euryale.group.Configuration;
import io.euryale.group.Delivery;
import io.euryale.group.Service;
import io.euryale.group.Submission;
import io.euryale.kernel.PeerId;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/// What the group of the cell hands up to a relay, in one life of the group.
///
/// A packet is *stable*, as far as the hop below is concerned, in one of two ways: the group says
/// that everybody holds it and everything before it; or the configuration ends, and those who go on
/// together, two at least, have delivered the same packets before any of them goes on.
public final class Agreed implements Delivery {

  private final Relay relay;
  private final PeerId life;
  final Submission down;

  /// Own packets that have their place and are not known to be stable, in the order of the group.
  private final ArrayDeque<Own> unstable = new ArrayDeque<>();

  /// Members of the present configuration, also of a transitional one.
  private int members;

  /// Whose lives the senders are, so that not every packet makes the name anew.
  private final Map<PeerId, PeerId> peers = new HashMap<>();

  private record Own(long message, long flow, long sequence) {}

  Agreed(Relay relay, PeerId life, Submission down) {
    this.relay = relay;
    this.life = life;
    this.down = down;
  }

  @Override
  public void regular(long nowNanos, Configuration installed) {
    if (members > 1) {
      settle(Long.MAX_VALUE);
    }
    unstable.clear();
    peers.clear();
    enter(installed);
    relay.submitWaiting(nowNanos, true);
  }

  @Override
  public void transitional(long nowNanos, Configuration installed) {
    enter(installed);
  }

  private void enter(Configuration installed) {
    relay.order().enter(installed.id().toString());
    members = installed.members().size();
  }

  @Override
  public void sent(long nowNanos, long sequence, Service service, ByteBuffer payload) {}

  @Override
  public void message(
      long nowNanos, PeerId sender, long sequence, Service service, ByteBuffer payload) {
    if (StreamFrames.packetFault(payload).isEmpty()) {
      boolean own = sender.equals(life);
      if (own) {
        unstable.add(new Own(sequence, StreamFrames.flow(payload), StreamFrames.sequence(payload)));
      }
      relay.agreed(nowNanos, peers.computeIfAbsent(sender, GroupLife::peer), own, payload);
    }
  }

  @Override
  public void stable(long nowNanos, long sequence) {
    settle(sequence);
    relay.arm(nowNanos);
  }

  private void settle(long upTo) {
    while (!unstable.isEmpty() && unstable.element().message() <= upTo) {
      Own own = unstable.remove();
      relay.stable(own.flow(), own.sequence());
    }
  }

  @Override
  public void writable(long nowNanos) {
    relay.submitWaiting(nowNanos, false);
  }
}
