package io.euryale.lab.streams;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.overlay.Attachment;
import io.euryale.service.stream.Publisher;
import io.euryale.service.stream.Replication;
import io.euryale.service.stream.StreamOffer;
import io.euryale.service.stream.StreamQos;
import io.euryale.simulation.SimProcess;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The sensors of one schedule: they publish alarms, critical events and gauges. Their hosts write
/// the trace at the application's border.
final class StreamSensors {

  /// What streams of class normal offer.
  private static final StreamOffer GAUGE =
      StreamOffer.DEFAULT
          .keepingLast()
          .withType("gauge")
          .withPeriod(Duration.ofMillis(250))
          .withLifespan(Duration.ofMillis(1500));

  private static final int PAYLOAD_BYTES = 24;

  /// Three packets of 1 KiB.
  private static final int LARGE_PAYLOAD_BYTES = 2_500;

  private final StreamGround ground;
  private final Map<String, Publishers> publishers = new TreeMap<>();
  private long published;

  StreamSensors(StreamGround ground) {
    this.ground = ground;
  }

  /// One life of a sensor.
  private final class Publishers {
    final SimProcess process;
    final Map<TrafficClass, Publisher> byClass = new EnumMap<>(TrafficClass.class);
    final Map<TrafficClass, @Nullable StreamQos> wanted = new EnumMap<>(TrafficClass.class);

    Publishers(SimProcess process) {
      this.process = process;
    }

    String stream(TrafficClass trafficClass) {
      return process.name() + "/" + trafficClass.label();
    }

    void publish(TrafficClass trafficClass, long now) {
      Publisher publisher = byClass.get(trafficClass);
      if (publisher == null) {
        return;
      }
      String stream = stream(trafficClass);
      boolean isLarge = ground.plan.large() && trafficClass != TrafficClass.ALARM;
      byte[] payload = new byte[isLarge ? LARGE_PAYLOAD_BYTES : PAYLOAD_BYTES];
      ground.simulation.stream("payload " + stream + " " + published).nextBytes(payload);
      long sequence = publisher.publish(now, stream, ByteBuffer.wrap(payload));
      if (sequence > 0) {
        published++;
        observe(trafficClass, stream, sequence, ByteBuffer.wrap(payload));
      }
    }

    void observe(TrafficClass trafficClass, String stream, long sequence, ByteBuffer payload) {
      StreamQos wish = wanted.get(trafficClass);
      Replication how = wish == null ? null : wish.replication();
      boolean normal = trafficClass == TrafficClass.NORMAL;
      boolean guarded =
          trafficClass == TrafficClass.ALARM || (!normal && how != null && how.isProtected());
      long lifespan = normal && wish != null && wish.reliable() ? GAUGE.lifespan().toMillis() : 0;
      process.observe(
          TraceEvent.of(
              "PUBLISH",
              "stream",
              stream,
              "epoch",
              process.incarnation(),
              "seq",
              sequence,
              "packets",
              ground.settings.fragments(payload.remaining()),
              "class",
              trafficClass.label(),
              "digest",
              StreamGround.digest(payload),
              "protected",
              guarded,
              "replicas",
              how == null ? 0 : how.replicas(),
              "period",
              how == null ? 0 : how.periodMillis(),
              "lifespan",
              lifespan,
              "newest",
              normal && wish != null && wish.conflated(),
              "slow",
              ground.plan.slow() && stream.equals(StreamPlan.SLOW_STREAM)));
    }
  }

  /// Every sensor that lives publishes in all classes.
  void publish() {
    for (Publishers sensor : publishers.values()) {
      if (sensor.process.isAlive()) {
        for (TrafficClass trafficClass : StreamGround.DATA) {
          sensor.process.execute(trafficClass, now -> sensor.publish(trafficClass, now));
        }
      }
    }
  }

  void boot(SimProcess process, String nearest) {
    Publishers life = new Publishers(process);
    publishers.put(process.name(), life);
    for (TrafficClass trafficClass : StreamGround.DATA) {
      Publisher publisher =
          process.core(
              trafficClass,
              home ->
                  ground.cores.publisher(
                      ground.settings,
                      trafficClass,
                      process,
                      home,
                      new SensorBorder(process, trafficClass, life)));
      life.byClass.put(trafficClass, publisher);
      StreamOffer offer = trafficClass == TrafficClass.NORMAL ? GAUGE : StreamOffer.DEFAULT;
      process.execute(trafficClass, now -> publisher.open(now, life.stream(trafficClass), offer));
    }
    List<Endpoint> contacts = ground.sensorContacts(nearest);
    process.core(
        TrafficClass.CONTROL,
        home ->
            new Attachment(
                Role.SENSOR,
                process.ref(),
                contacts,
                home,
                points ->
                    life.byClass.forEach(
                        (trafficClass, publisher) ->
                            process.execute(
                                trafficClass, now -> publisher.attachmentPoints(now, points)))));
  }

  private record SensorBorder(SimProcess process, TrafficClass trafficClass, Publishers life)
      implements Publisher.Listener {

    @Override
    public void interest(long nowNanos, String stream, @Nullable StreamQos wanted) {
      life.wanted.put(trafficClass, wanted);
    }

    @Override
    public void publishedLast(long nowNanos, String stream, long sequence, ByteBuffer payload) {
      life.observe(trafficClass, stream, sequence, payload);
    }

    @Override
    public void held(long nowNanos, String stream, long upTo) {
      observe("HELD", stream, "upTo", upTo);
    }

    @Override
    public void delivered(long nowNanos, String stream, long upTo) {
      observe("ACKED", stream, "upTo", upTo);
    }

    @Override
    public void lost(long nowNanos, String stream, long sequence, String reason) {
      observe("LOST", stream, "seq", sequence);
    }

    @Override
    public void writable(long nowNanos) {}

    private void observe(String event, String stream, String field, long value) {
      process.observe(
          TraceEvent.of(event, "stream", stream, "epoch", process.incarnation(), field, value));
    }
  }
}
