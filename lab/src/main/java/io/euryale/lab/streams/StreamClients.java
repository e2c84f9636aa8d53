package io.euryale.lab.streams;

import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.overlay.Attachment;
import io.euryale.service.stream.Replication;
import io.euryale.service.stream.StreamPacket;
import io.euryale.service.stream.StreamQos;
import io.euryale.service.stream.Subscriber;
import io.euryale.simulation.SimProcess;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// The clients of one schedule. Their hosts write the trace at the application's border.
final class StreamClients {

  private final StreamGround ground;
  private final StreamPlan plan;
  private final StreamCores cores;

  StreamClients(StreamGround ground) {
    this.ground = ground;
    plan = ground.plan;
    cores = ground.cores;
  }

  void boot(SimProcess process, List<TrafficClass> classes, int place) {
    Map<TrafficClass, Subscriber> subscribers = new EnumMap<>(TrafficClass.class);
    Attachment[] attachment = new Attachment[1];
    for (TrafficClass trafficClass : classes) {
      Subscriber subscriber =
          process.core(
              trafficClass,
              home ->
                  cores.subscriber(
                      ground.narrow,
                      place != StreamPlan.Places.ROOT,
                      home,
                      new ClientBorder(
                          process,
                          trafficClass,
                          () -> isBehind() && classes.size() == StreamGround.DATA.size(),
                          () -> Objects.requireNonNull(attachment[0]))));
      subscribers.put(trafficClass, subscriber);
      boolean lifted =
          trafficClass == TrafficClass.ALARM
              && plan.replication().form() != Replication.Form.AGREED;
      Replication wish = lifted ? Replication.NONE : plan.replication();
      if (trafficClass == TrafficClass.NORMAL) {
        StreamQos asked = StreamQos.of(wish).withLastValue().withType("gauge");
        StreamQos qos = plan.newestOnly() ? asked.newestOnly() : asked;
        process.execute(trafficClass, now -> subscriber.subscribe(now, "*", qos));
        process.execute(
            trafficClass,
            now -> {
              subscriber.subscribe(now, QosChecker.MISFIT, qos.withType("other"));
              subscriber.subscribe(
                  now, QosChecker.IMPATIENT, qos.withMaxLatency(Duration.ofNanos(1)));
              subscriber.subscribe(now, QosChecker.PUNCTUAL, qos.withDeadline(QosChecker.DEADLINE));
            });
      } else {
        process.execute(trafficClass, now -> subscriber.subscribe(now, "*", wish));
      }
    }
    long resumeAt = Math.max(ground.simulation.now(), ground.later(StreamPlan.SLOW_UNTIL_NANOS));
    if (plan.slow()) {
      ground.simulation.at(
          resumeAt,
          () ->
              subscribers.forEach(
                  (trafficClass, subscriber) -> process.execute(trafficClass, subscriber::resume)));
    }
    boolean[] attached = {false};
    attachment[0] =
        process.core(
            TrafficClass.CONTROL,
            home ->
                new Attachment(
                    Role.CLIENT,
                    place != StreamPlan.Places.ROOT,
                    process.ref(),
                    ground.clientContacts(place),
                    home,
                    points -> {
                      if (cores.clientsFollow() || !attached[0]) {
                        subscribers.forEach(
                            (trafficClass, subscriber) ->
                                process.execute(
                                    trafficClass, now -> subscriber.attachmentPoints(now, points)));
                      }
                      attached[0] |= !points.isEmpty();
                    }));
  }

  /// Whether the client's application takes nothing of [StreamPlan#SLOW_STREAM] now.
  private boolean isBehind() {
    return plan.slow()
        && ground.simulation.now() >= ground.later(StreamPlan.SLOW_FROM_NANOS)
        && ground.simulation.now() < ground.later(StreamPlan.SLOW_UNTIL_NANOS);
  }

  private record ClientBorder(
      SimProcess process,
      TrafficClass trafficClass,
      BooleanSupplier isBehind,
      Supplier<Attachment> attachment)
      implements Subscriber.Listener {

    @Override
    public boolean takes(String stream) {
      return !stream.equals(StreamPlan.SLOW_STREAM) || !isBehind.getAsBoolean();
    }

    @Override
    public void packet(
        long nowNanos, String stream, long epoch, long sequence, ByteBuffer payload) {}

    @Override
    public void packet(long nowNanos, StreamPacket packet, ByteBuffer payload) {
      process.observe(
          TraceEvent.of(
              "DELIVER",
              "stream",
              packet.stream(),
              "epoch",
              packet.epoch(),
              "seq",
              packet.sequence(),
              "class",
              trafficClass.label(),
              "digest",
              StreamGround.digest(payload),
              "age",
              packet.ageNanos() / 1_000,
              "kept",
              packet.kept(),
              "refusedBy",
              String.join(",", packet.refusedBy())));
    }

    @Override
    public void refused(
        long nowNanos, String pattern, String stream, long epoch, StreamQos.Mismatch mismatch) {
      process.observe(
          TraceEvent.of(
              "REFUSED",
              "pattern",
              pattern,
              "stream",
              stream,
              "epoch",
              epoch,
              "policy",
              mismatch.policy()));
    }

    @Override
    public void servedBy(long nowNanos, PeerRef peer) {
      process.execute(TrafficClass.CONTROL, now -> attachment.get().servedBy(now, peer));
    }

    @Override
    public void unserved(long nowNanos) {
      process.execute(TrafficClass.CONTROL, attachment.get()::unserved);
    }

    @Override
    public void deadlineMissed(long nowNanos, String pattern, String stream, long silentNanos) {
      process.observe(TraceEvent.of("DEADLINE", "pattern", pattern, "stream", stream));
    }

    @Override
    public void gap(long nowNanos, String stream, long epoch, long from, long to) {
      process.observe(
          TraceEvent.of("GAP", "stream", stream, "epoch", epoch, "from", from, "to", to));
    }
  }
}
