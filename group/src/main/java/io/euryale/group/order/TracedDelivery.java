package io.euryale.group.order;

import io.euryale.group.Configuration;
import io.euryale.group.Delivery;
import io.euryale.group.Service;
import io.euryale.kernel.Home;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Writes what crosses the border to the application into the trace: `SEND` and `DELIVER`. The
/// configurations are written by the control core, once for all classes.
public final class TracedDelivery implements Delivery {

  private final Home home;
  private final PeerId self;
  private final String trafficClass;
  private final Delivery application;
  private final CRC32C crc = new CRC32C();
  private String configuration = "";

  public TracedDelivery(Home home, PeerId self, TrafficClass trafficClass, Delivery application) {
    this.home = home;
    this.self = self;
    this.trafficClass = trafficClass.label();
    this.application = application;
  }

  @Override
  public void regular(long now, Configuration installed) {
    configuration = installed.id().toString();
    application.regular(now, installed);
  }

  @Override
  public void transitional(long now, Configuration installed) {
    configuration = installed.id().toString();
    application.transitional(now, installed);
  }

  @Override
  public void sent(long now, long sequence, Service service, ByteBuffer payload) {
    if (home.observes("SEND")) {
      home.observe(
          TraceEvent.of(
              "SEND",
              "m",
              id(self, sequence),
              "class",
              trafficClass,
              "svc",
              service.name(),
              "cfg",
              configuration,
              "digest",
              digest(payload)));
    }
    application.sent(now, sequence, service, payload);
  }

  @Override
  public void message(long now, PeerId sender, long sequence, Service service, ByteBuffer payload) {
    if (home.observes("DELIVER")) {
      home.observe(
          TraceEvent.of(
              "DELIVER",
              "m",
              id(sender, sequence),
              "x",
              configuration,
              "class",
              trafficClass,
              "svc",
              service.name(),
              "digest",
              digest(payload)));
    }
    application.message(now, sender, sequence, service, payload);
  }

  @Override
  public void stable(long now, long sequence) {
    application.stable(now, sequence);
  }

  @Override
  public void writable(long now) {
    application.writable(now);
  }

  private String id(PeerId sender, long sequence) {
    return sender.name() + "/" + sender.incarnation() + "/" + trafficClass + "/" + sequence;
  }

  private long digest(ByteBuffer payload) {
    crc.reset();
    crc.update(payload.duplicate());
    return crc.getValue();
  }
}
