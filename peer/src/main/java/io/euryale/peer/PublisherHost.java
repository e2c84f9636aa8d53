package io.euryale.peer;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.peer.RefusedException.Reason;
import io.euryale.platform.NettyHome;
import io.euryale.platform.Observations;
import io.euryale.service.stream.Publisher;
import io.euryale.service.stream.Replication;
import io.euryale.service.stream.StreamOffer;
import io.euryale.service.stream.StreamQos;
import io.euryale.service.stream.StreamSettings;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The publisher core of one traffic class of a sensor, between the application and its loop. All
/// fields belong to the loop, but the final ones.
///
/// Writes what crosses the application's border to the trace: `PUBLISH` (`stream`, `epoch`, `seq`,
/// `packets`, `class`, `digest`, `protected`), `HELD` and `ACKED` (`stream`, `epoch`, `upTo`,
/// `class`), `LOST` (`stream`, `epoch`, `seq`, `class`, `reason`).
final class PublisherHost implements Publisher.Listener {

  final NettyHome home;

  private final StreamSettings settings;
  private final TrafficClass trafficClass;
  private final PeerId self;
  private final Publisher core;
  private final @Nullable Observations observations;
  private final Map<String, StreamPublisher> streams = new LinkedHashMap<>();

  /// Who wants what. An alarm that nobody wants yet is protected until somebody says otherwise.
  private final Map<String, Replication> replications = new LinkedHashMap<>();

  /// What the core reports while it takes a packet belongs after that packet in the trace.
  private final List<TraceEvent> deferred = new ArrayList<>();

  private boolean publishing;

  PublisherHost(
      StreamSettings settings,
      TrafficClass trafficClass,
      PeerRef self,
      NettyHome home,
      @Nullable Observations observations) {
    this.settings = settings;
    this.home = home;
    this.trafficClass = trafficClass;
    this.self = self.id();
    this.observations = observations;
    core = new Publisher(settings, trafficClass, self, home, this);
    home.start(core, self);
  }

  void attachmentPoints(long nowNanos, List<PeerRef> peers) {
    core.attachmentPoints(nowNanos, peers);
  }

  /// Opens a stream.
  ///
  /// @return a refusal, or null when it is open now
  @Nullable RefusedException open(long nowNanos, StreamPublisher stream, StreamOffer offer) {
    if (streams.putIfAbsent(stream.name(), stream) != null) {
      return new RefusedException(
          Reason.DUPLICATE,
          "Stream " + stream.name() + " is open already in this sensor: use that publisher.");
    }
    core.open(nowNanos, stream.name(), offer);
    return null;
  }

  /// From any thread.
  int maxPayloadBytes() {
    return core.maxPayloadBytes();
  }

  Admission publish(long nowNanos, String stream, ByteBuffer payload) {
    String digest = observations == null ? "" : Digests.of(payload);
    int packets = settings.fragments(payload.remaining());
    boolean isProtected = !Replication.NONE.equals(replications.get(stream));
    publishing = true;
    long answer = core.publish(nowNanos, stream, payload);
    publishing = false;
    if (answer > 0 && observations != null) {
      published(nowNanos, stream, answer, packets, digest, isProtected);
    }
    deferred.forEach(event -> record(nowNanos, event));
    deferred.clear();
    if (answer > 0) {
      return new Admission.Accepted(answer);
    } else if (answer == Publisher.UNWANTED) {
      return Admission.Unwanted.INSTANCE;
    } else if (answer == Publisher.TOO_LARGE) {
      return new Admission.TooLarge(core.maxPayloadBytes());
    }
    return Admission.WouldBlock.INSTANCE;
  }

  private void published(
      long nowNanos,
      String stream,
      long sequence,
      int packets,
      String digest,
      boolean isProtected) {
    record(
        nowNanos,
        TraceEvent.of(
            "PUBLISH",
            "stream",
            stream,
            "epoch",
            self.incarnation(),
            "seq",
            sequence,
            "packets",
            packets,
            "class",
            trafficClass.label(),
            "digest",
            digest,
            "protected",
            isProtected));
  }

  @Override
  public void publishedLast(long nowNanos, String stream, long sequence, ByteBuffer payload) {
    if (observations != null) {
      boolean isProtected = !Replication.NONE.equals(replications.get(stream));
      int packets = settings.fragments(payload.remaining());
      published(nowNanos, stream, sequence, packets, Digests.of(payload), isProtected);
    }
  }

  boolean isQuiet() {
    return core.quiet();
  }

  // ---------------------------------------------------------------- what the core says

  @Override
  public void interest(long nowNanos, String stream, @Nullable StreamQos qos) {
    Replication wanted = qos == null ? null : qos.replication();
    if (wanted == null) {
      replications.remove(stream);
    } else {
      replications.put(stream, wanted);
    }
    StreamPublisher to = streams.get(stream);
    if (to != null) {
      to.interest(wanted);
    }
  }

  @Override
  public void held(long nowNanos, String stream, long upTo) {
    upTo(nowNanos, "HELD", stream, upTo);
    StreamPublisher to = streams.get(stream);
    if (to != null) {
      to.held(upTo);
    }
  }

  @Override
  public void delivered(long nowNanos, String stream, long upTo) {
    upTo(nowNanos, "ACKED", stream, upTo);
    StreamPublisher to = streams.get(stream);
    if (to != null) {
      to.delivered(upTo);
    }
  }

  @Override
  public void lost(long nowNanos, String stream, long sequence, String reason) {
    record(
        nowNanos,
        TraceEvent.of(
            "LOST",
            "stream",
            stream,
            "epoch",
            self.incarnation(),
            "seq",
            sequence,
            "class",
            trafficClass.label(),
            "reason",
            reason));
    StreamPublisher to = streams.get(stream);
    if (to != null) {
      to.lost(sequence, reason);
    }
  }

  @Override
  public void forbidden(long nowNanos, String stream, String sentence) {
    StreamPublisher to = streams.get(stream);
    if (to != null) {
      to.forbidden(sentence);
    }
  }

  @Override
  public void writable(long nowNanos) {
    streams.values().forEach(StreamPublisher::writable);
  }

  private void upTo(long nowNanos, String event, String stream, long upTo) {
    if (observations == null) {
      return;
    }
    record(
        nowNanos,
        TraceEvent.of(
            event,
            "stream",
            stream,
            "epoch",
            self.incarnation(),
            "upTo",
            upTo,
            "class",
            trafficClass.label()));
  }

  private void record(long nowNanos, TraceEvent event) {
    if (observations == null) {
      return;
    }
    if (publishing) {
      deferred.add(event);
    } else {
      observations.record(nowNanos, self, event);
    }
  }
}
