package io.euryale.peer;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.platform.NettyHome;
import io.euryale.platform.Observations;
import io.euryale.service.stream.Arrivals;
import io.euryale.service.stream.StreamHop;
import io.euryale.service.stream.StreamInfo;
import io.euryale.service.stream.StreamNames;
import io.euryale.service.stream.StreamPacket;
import io.euryale.service.stream.StreamQos;
import io.euryale.service.stream.Subscriber;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The subscriber core of one traffic class of a client, between the application and its loop.
/// All fields belong to the loop, but the final ones.
///
/// Writes what crosses the application's border to the trace: `DELIVER` (`stream`, `epoch`, `seq`,
/// `class`, `digest`) and `GAP` (`stream`, `epoch`, `from`, `to`, `class`).
final class SubscriberHost implements Subscriber.Listener {

  final NettyHome home;

  private final EdgeHost edge;
  private final String overlay;
  private final TrafficClass trafficClass;
  private final PeerId self;
  private final Subscriber core;
  private final @Nullable Observations observations;
  private final List<Subscription> subscriptions = new ArrayList<>();
  private final List<CompletableFuture<List<StreamInfo>>> asked = new ArrayList<>();
  private final List<ArrivalsQuestion> arrivalsAsked = new ArrayList<>();

  /// How did packets arrive? Some may have answered; all of it belongs to the loop but the answer.
  static final class ArrivalsQuestion {
    final CompletableFuture<Map<PeerId, Arrivals>> answer = new CompletableFuture<>();
    private final Map<PeerId, Arrivals> known = new TreeMap<>();
    private int peers;
  }

  SubscriberHost(EdgeHost edge, TrafficClass trafficClass, NettyHome home) {
    this.edge = edge;
    this.home = home;
    overlay = edge.settings().overlayName();
    this.trafficClass = trafficClass;
    self = edge.self().id();
    observations = edge.observations();
    core = new Subscriber(edge.settings().streams(), edge.settings().near(), home, this);
    home.start(core, edge.self());
  }

  void attachmentPoints(long nowNanos, List<PeerRef> peers) {
    core.attachmentPoints(nowNanos, peers);
  }

  /// What became of a subscription.
  enum Outcome {
    ADDED,
    /// There is one with the same pattern.
    DUPLICATE,
    /// There are as many as there can be.
    TOO_MANY
  }

  /// Adds a subscription.
  Outcome subscribe(long nowNanos, Subscription subscription) {
    String pattern = subscription.pattern();
    if (subscriptions.stream().anyMatch(other -> other.pattern().equals(pattern))) {
      return Outcome.DUPLICATE;
    }
    if (subscriptions.size() >= Subscriber.MAX_SUBSCRIPTIONS) {
      return Outcome.TOO_MANY;
    }
    subscriptions.add(subscription);
    core.subscribe(nowNanos, pattern, subscription.qos());
    return Outcome.ADDED;
  }

  void unsubscribe(long nowNanos, Subscription subscription) {
    if (subscriptions.remove(subscription)) {
      core.unsubscribe(nowNanos, subscription.pattern());
      core.resume(nowNanos);
    }
  }

  /// The client leaves: nothing is to be kept for it.
  void withdraw(long nowNanos) {
    core.unsubscribe(nowNanos, subscriptions.stream().map(Subscription::pattern).toList());
  }

  /// An application that was behind takes packets again; from any thread.
  void resume() {
    boolean _ = home.execute(core::resume);
  }

  void requestStreams(long nowNanos, CompletableFuture<List<StreamInfo>> answer) {
    asked.add(answer);
    core.requestStreams(nowNanos);
  }

  /// Asks how packets arrived, until [#endArrivals]. It is answered when all peers have answered
  /// that are linked to, or if none is the first that will be, and fails when one forbids it.
  void requestArrivals(ArrivalsQuestion question) {
    arrivalsAsked.add(question);
    question.peers = Math.max(1, core.requestArrivals());
  }

  /// What some peers have said.
  Map<PeerId, Arrivals> endArrivals(ArrivalsQuestion question) {
    arrivalsAsked.remove(question);
    return Map.copyOf(question.known);
  }

  private void answerArrivals() {
    for (ArrivalsQuestion question : arrivalsAsked) {
      if (question.known.size() >= question.peers) {
        question.answer.complete(Map.copyOf(question.known));
      }
    }
  }

  long duplicates() {
    return core.duplicates();
  }

  // ---------------------------------------------------------------- what the core says

  @Override
  public boolean takes(String stream) {
    for (int i = 0; i < subscriptions.size(); i++) {
      if (subscriptions.get(i).holdsBack(stream)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void packet(long nowNanos, String stream, long epoch, long sequence, ByteBuffer payload) {}

  @Override
  public void packet(long nowNanos, StreamPacket packet, ByteBuffer payload) {
    String stream = packet.stream();
    if (observations != null) {
      observations.record(
          nowNanos,
          self,
          TraceEvent.of(
              "DELIVER",
              "stream",
              stream,
              "epoch",
              packet.epoch(),
              "seq",
              packet.sequence(),
              "class",
              trafficClass.label(),
              "digest",
              Digests.of(payload)));
    }
    for (int i = 0; i < subscriptions.size(); i++) {
      Subscription subscription = subscriptions.get(i);
      if (StreamNames.matches(subscription.pattern(), stream)) {
        subscription.packet(packet, payload);
      }
    }
  }

  @Override
  public void refused(
      long nowNanos, String pattern, String stream, long epoch, StreamQos.Mismatch mismatch) {
    for (Subscription subscription : List.copyOf(subscriptions)) {
      if (subscription.pattern().equals(pattern)) {
        subscription.refused(stream, mismatch);
      }
    }
  }

  @Override
  public void hop(long nowNanos, StreamHop hop) {
    for (Subscription subscription : List.copyOf(subscriptions)) {
      if (subscription.qos().traced()
          && StreamNames.matches(subscription.pattern(), hop.stream())) {
        subscription.hop(hop);
      }
    }
  }

  @Override
  public void deadlineMissed(long nowNanos, String pattern, String stream, long silentNanos) {
    for (Subscription subscription : List.copyOf(subscriptions)) {
      if (subscription.pattern().equals(pattern)) {
        subscription.deadlineMissed(stream, silentNanos);
      }
    }
  }

  @Override
  public void gap(long nowNanos, String stream, long epoch, long from, long to) {
    if (observations != null) {
      observations.record(
          nowNanos,
          self,
          TraceEvent.of(
              "GAP",
              "stream",
              stream,
              "epoch",
              epoch,
              "from",
              from,
              "to",
              to,
              "class",
              trafficClass.label()));
    }
    for (int i = 0; i < subscriptions.size(); i++) {
      Subscription subscription = subscriptions.get(i);
      if (StreamNames.matches(subscription.pattern(), stream)) {
        subscription.gap(stream, epoch, from, to);
      }
    }
  }

  @Override
  public void forbidden(long nowNanos, String pattern, String sentence) {
    if (pattern.equals(overlay)) {
      arrivalsAsked.forEach(
          question -> question.answer.completeExceptionally(new IllegalStateException(sentence)));
    }
    for (Subscription subscription : subscriptions) {
      if (subscription.pattern().equals(pattern)) {
        subscription.forbidden(sentence);
      }
    }
  }

  @Override
  public void servedBy(long nowNanos, PeerRef peer) {
    edge.servedBy(peer);
  }

  @Override
  public void unserved(long nowNanos) {
    edge.unserved();
  }

  @Override
  public void arrivals(long nowNanos, PeerId from, Arrivals arrivals) {
    arrivalsAsked.forEach(question -> question.known.put(from, arrivals));
    answerArrivals();
  }

  @Override
  public void streams(long nowNanos, List<StreamInfo> streams) {
    asked.forEach(answer -> answer.complete(streams));
    asked.clear();
  }
}
