package io.euryale.peer.group;

import io.euryale.group.Configuration;
import io.euryale.group.Delivery;
import io.euryale.group.Service;
import io.euryale.kernel.PeerId;
import java.nio.ByteBuffer;

/// Counts what is delivered and sent on its way to the application. Of the loop of the class.
final class CountedDelivery implements Delivery {

  private final Delivery application;
  long delivered;
  long deliveredBytes;
  long sent;
  long refused;

  CountedDelivery(Delivery application) {
    this.application = application;
  }

  @Override
  public void regular(long now, Configuration configuration) {
    application.regular(now, configuration);
  }

  @Override
  public void transitional(long now, Configuration configuration) {
    application.transitional(now, configuration);
  }

  @Override
  public void sent(long now, long sequence, Service service, ByteBuffer payload) {
    sent++;
    application.sent(now, sequence, service, payload);
  }

  @Override
  public void message(long now, PeerId sender, long sequence, Service service, ByteBuffer payload) {
    delivered++;
    deliveredBytes += payload.remaining();
    application.message(now, sender, sequence, service, payload);
  }

  @Override
  public void stable(long now, long sequence) {
    application.stable(now, sequence);
  }

  @Override
  public void writable(long now) {
    refused++;
    application.writable(now);
  }
}
