package io.euryale.peer;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.overlay.DrainAnswer;
import io.euryale.overlay.Findings;
import io.euryale.overlay.LoggedEvent;
import io.euryale.overlay.LoggedEvents;
import io.euryale.overlay.OverlayStatus;
import io.euryale.overlay.Query;
import io.euryale.overlay.Resource;
import io.euryale.peer.RefusedException.Reason;
import io.euryale.platform.Loops;
import io.euryale.platform.NettyHome;
import io.euryale.platform.Observations;
import io.euryale.service.stream.Arrivals;
import io.euryale.service.stream.Replication;
import io.euryale.service.stream.StreamInfo;
import io.euryale.service.stream.StreamNames;
import io.euryale.service.stream.StreamQos;
import io.euryale.service.stream.Subscriber;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A sink of data: requests streams from an overlay through all peers of its root cell, so that
/// the failure of one of them is only a matter of which link the next packet comes over.
///
/// ```
/// try (Loops loops = new Loops();
///     Client client = Client.connect(settings, loops, null, Duration.ofSeconds(10))) {
///   client.subscribe("line-a/*", TrafficClass.ALARM, Replication.ACTIVE,
///       (stream, epoch, sequence, payload) -> show(stream, payload));
///   enough.await();
/// }
/// ```
///
/// ## What is promised
///
/// For each life of a stream a handler sees packets in order and none twice, and is told of gaps.
/// With a replication other than [Replication#NONE] nothing that a sensor accepted is missing
/// unless the sensor was told that it is lost. No order is promised between streams or traffic
/// classes. Packets published before the subscription reached the sensor are not seen, except
/// alarms.
///
/// Safe to share between threads. See [StreamHandler] for the threads that handlers run on.
public final class Client implements AutoCloseable {

  /// Longer than a loop needs to send what is due.
  private static final Duration ONE_TURN = Duration.ofMillis(10);

  private final EdgeHost edge;

  // Guarded by this.
  private final Map<TrafficClass, SubscriberHost> classes = new EnumMap<>(TrafficClass.class);
  private boolean closed;

  private Client(EdgeHost edge) {
    this.edge = edge;
  }

  /// Starts a client and waits until a peer was found to attach to.
  ///
  /// @param observations where the application's border and the protocol's observations are
  ///     traced, or null
  /// @param timeout longest wait
  /// @throws RefusedException when the settings are not valid, or no contact answered in time;
  ///     trying again is safe
  public static Client connect(
      EdgeSettings settings, Loops loops, @Nullable Observations observations, Duration timeout)
      throws InterruptedException {
    EdgeHost edge = new EdgeHost(Role.CLIENT, settings, loops, observations);
    edge.connect(timeout);
    return new Client(edge);
  }

  /// The client's name and incarnation.
  public PeerId id() {
    return edge.self().id();
  }

  /// Reads the key files again, now; they are also read when they change, within seconds. Links
  /// that are up go on, unless the certificate of their other side is not believed any more.
  ///
  /// @throws RefusedException when they cannot be used, or this client was started without keys;
  /// the keys stay as they are then
  public void reloadKeys() {
    edge.identity().reload();
  }

  /// How long no peer of the overlay has answered. Peers are asked every second, so that a second
  /// or two say nothing; more mean that no peer can be reached.
  ///
  /// @throws RefusedException when the client is closed
  public Duration silence() throws InterruptedException {
    return edge.silence(who());
  }

  /// The keys in use; null without keys.
  public @Nullable KeyStatus keys() {
    return edge.identity().status();
  }

  /// Subscribes with a handler that is called on the loop of the class; the same as [#subscribe(
  /// String, TrafficClass, Replication, StreamHandler, Executor)] without an executor.
  public Subscription subscribe(
      String pattern, TrafficClass trafficClass, Replication replication, StreamHandler handler)
      throws InterruptedException {
    return subscribe(pattern, trafficClass, replication, handler, null);
  }

  /// Subscribes to all streams of a class whose name matches, those of today and those to come.
  ///
  /// @param pattern a stream name, 1 to 200 characters, in which `*` stands for any characters
  ///     and
  ///     `?` for one
  /// @param trafficClass any but control
  /// @param replication how the cells on the way protect the packets; where several subscriptions
  ///     want a stream, the strongest counts
  /// @param executor where the handler is called, one call at a time and in order; null for the
  ///     loop of the class. A packet counts as delivered when the executor was given it. While
  /// 4,096 calls or 8 MiB wait, the streams of this subscription are held back, at the client, on
  ///     their way and at last at their sensors, and no others
  /// @throws RefusedException when pattern or class is not valid, this client has a subscription
  ///     with the same pattern in this class, or 1,024 of them, or the client is closed
  public Subscription subscribe(
      String pattern,
      TrafficClass trafficClass,
      Replication replication,
      StreamHandler handler,
      @Nullable Executor executor)
      throws InterruptedException {
    return subscribe(pattern, trafficClass, StreamQos.of(replication), handler, executor);
  }

  /// The same with everything that can be asked of a stream. A stream that does not fit is refused:
  /// see [StreamHandler#refused].
  ///
  /// @param qos compared with the offer of each stream when both are known
  public Subscription subscribe(
      String pattern,
      TrafficClass trafficClass,
      StreamQos qos,
      StreamHandler handler,
      @Nullable Executor executor)
      throws InterruptedException {
    Checks.dataClass(trafficClass);
    if (!StreamNames.isPattern(pattern)) {
      throw Checks.invalid(
          "'"
              + pattern
              + "' cannot select streams: use 1 to 200 letters, digits, '.', '_', '-', '/', ':', and"
              + " '*' or '?' for what may differ.");
    }
    SubscriberHost host = host(trafficClass);
    Mailbox mailbox = executor == null ? null : new Mailbox(executor);
    Subscription subscription =
        new Subscription(pattern, trafficClass, qos, host, handler, mailbox);
    return switch (LoopCalls.call(host.home, who(), now -> host.subscribe(now, subscription))) {
      case ADDED -> subscription;
      case DUPLICATE ->
          throw new RefusedException(
              Reason.DUPLICATE,
              "This client has a subscription for "
                  + pattern
                  + " in class "
                  + trafficClass.label()
                  + " already: close that one first.");
      case TOO_MANY ->
          throw new RefusedException(
              Reason.TOO_MANY,
              "This client has "
                  + Subscriber.MAX_SUBSCRIPTIONS
                  + " subscriptions in class "
                  + trafficClass.label()
                  + ", which is the most: close some, or use one pattern with '*' for several.");
    };
  }

  private synchronized SubscriberHost host(TrafficClass trafficClass) {
    if (closed) {
      throw LoopCalls.closed(who());
    }
    SubscriberHost known = classes.get(trafficClass);
    if (known != null) {
      return known;
    }
    NettyHome home = edge.newHome(trafficClass);
    SubscriberHost host = new SubscriberHost(edge, trafficClass, home);
    classes.put(trafficClass, host);
    edge.follow(home, host::attachmentPoints);
    return host;
  }

  /// The streams of a class that the root cell knows and this client may subscribe to.
  ///
  /// @throws RefusedException when no root peer answered in time, or the client is closed; trying
  ///     again is safe
  public List<StreamInfo> streams(TrafficClass trafficClass, Duration timeout)
      throws InterruptedException {
    Checks.dataClass(trafficClass);
    SubscriberHost host = host(trafficClass);
    CompletableFuture<List<StreamInfo>> answer = new CompletableFuture<>();
    if (!host.home.execute(now -> host.requestStreams(now, answer))) {
      throw LoopCalls.closed(who());
    }
    try {
      return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException _) {
      throw new RefusedException(
          Reason.UNREACHABLE,
          "No peer of the root cell listed the streams of class "
              + trafficClass.label()
              + " within "
              + timeout.toMillis()
              + " ms: the overlay may be changing, so try again in a moment.");
    } catch (ExecutionException e) {
      throw new IllegalStateException("Only values complete this future", e);
    }
  }

  /// How the packets of a class arrived at the peers of the root cell since they started: what each
  /// said that answered in time of those linked to now, or if none is, the first that is. Two looks
  /// tell of the time between ([Arrivals#since]).
  ///
  /// A client that is near to a peer hears of that one only, and of zeros if that was never in the
  /// root cell.
  ///
  /// @param patience longest wait, for those that do not answer
  /// @throws RefusedException with `FORBIDDEN` when this client may not administer the overlay, or
  ///     when it is closed
  public Map<PeerId, Arrivals> arrivals(TrafficClass trafficClass, Duration patience)
      throws InterruptedException {
    Checks.dataClass(trafficClass);
    SubscriberHost host = host(trafficClass);
    SubscriberHost.ArrivalsQuestion question = new SubscriberHost.ArrivalsQuestion();
    if (!host.home.execute(_ -> host.requestArrivals(question))) {
      throw LoopCalls.closed(who());
    }
    try {
      return question.answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException _) {
      return LoopCalls.call(host.home, who(), _ -> host.endArrivals(question));
    } catch (ExecutionException e) {
      throw edge.forbidden("administer overlay " + edge.settings().overlayName());
    } finally {
      boolean _ = host.home.execute(_ -> host.endArrivals(question));
    }
  }

  /// The picture of the overlay: all cells, as the root coordinator knows them, or fewer when
  /// only another peer could be asked.
  ///
  /// @throws RefusedException when there is no answer in time, or the client is closed; trying
  /// again is safe
  public OverlayStatus status(Duration timeout) throws InterruptedException {
    return edge.status(who(), timeout);
  }

  /// Looks for peers, services, streams or free capacity by way of the peer attached to. That takes
  /// 32 questions of one client at a time, watches among them, and 1,024 of all.
  ///
  /// @return [Findings#NOTHING] when nobody answered within 3 s, or there is one question too many;
  ///     trying again is safe
  /// @throws RefusedException when the client is closed, or the rights do not allow it: streams
  /// are for those who may subscribe to all that the pattern selects, peers and capacity for those
  /// who may administer the overlay
  public Findings find(Query query) throws InterruptedException {
    Findings found =
        edge.ask(
            who(),
            (CompletableFuture<Findings> answer) -> edge.attachment().find(query, answer::complete),
            Findings.NOTHING);
    if (found.forbidden()) {
      throw edge.forbidden(
          query.what() == Resource.STREAM
              ? "subscribe to " + query.pattern()
              : "administer overlay " + edge.settings().overlayName());
    }
    return found;
  }

  /// Tells all there is, and every change, until the watch is closed;
  /// [Findings#forbidden] when the rights do not allow it.
  ///
  /// Of one client 32 watches and finds are open at a time at most, a closed watch for another
  /// 15 s. One more is told [Findings#NOTHING], which is not complete, and what there is within 2 s
  /// of others making room. The root keeps 256 watches for all clients of one peer, and 1,024 in
  /// all: those beyond hear of changes within 5 s. (Times are for default settings.)
  ///
  /// @param told on the control loop, so it returns at once
  public AutoCloseable watch(Query query, Consumer<Findings> told) throws InterruptedException {
    long watch = LoopCalls.call(edge.control(), who(), _ -> edge.attachment().watch(query, told));
    return () -> {
      boolean _ = edge.control().execute(_ -> edge.attachment().unwatch(watch));
    };
  }

  /// Asks a peer to drain: to leave the overlay without a gap in any stream, and end.
  ///
  /// @param peer as found in [#status]
  /// @throws RefusedException with `FORBIDDEN` when this client may not administer the overlay,
  ///     with `UNREACHABLE` when the peer refuses otherwise or does not answer within 3 s
  public void drain(PeerRef peer) throws InterruptedException {
    DrainAnswer answer =
        edge.ask(
            who(),
            (CompletableFuture<DrainAnswer> to) ->
                edge.attachment().requestDrain(peer, to::complete),
            DrainAnswer.NONE);
    String text = answer.text();
    String sentence =
        "Peer " + peer.name() + " does not drain: " + text + (text.endsWith(".") ? "" : ".");
    switch (answer.kind()) {
      case ACCEPTED -> {}
      case REFUSED -> throw new RefusedException(Reason.UNREACHABLE, sentence);
      case FORBIDDEN -> throw new RefusedException(Reason.FORBIDDEN, sentence);
    }
  }

  /// What happened to a peer's place in the overlay, the oldest first; nothing when it did not
  /// answer within 3 s.
  ///
  /// @param after sequence of the last event known; 0 for all that the peer remembers
  /// @throws RefusedException with `FORBIDDEN` when this client may not administer the overlay, or
  ///     when it is closed
  public List<LoggedEvent> events(PeerRef peer, long after) throws InterruptedException {
    LoggedEvents told =
        edge.ask(
            who(),
            (CompletableFuture<LoggedEvents> answer) ->
                edge.attachment().requestEvents(peer, after, answer::complete),
            LoggedEvents.NOTHING);
    if (told.forbidden()) {
      throw edge.forbidden("administer overlay " + edge.settings().overlayName());
    }
    return told.events();
  }

  /// Repetitions of packets in a class that were discarded so far.
  public long duplicates(TrafficClass trafficClass) throws InterruptedException {
    SubscriberHost host;
    synchronized (this) {
      host = classes.get(trafficClass);
    }
    return host == null ? 0 : LoopCalls.call(host.home, who(), _ -> host.duplicates());
  }

  /// Closes the client and takes its wishes back, so that nothing is kept for it. Acknowledgements
  /// at hand are sent first, so that no sensor repeats what was delivered.
  @Override
  public void close() {
    List<SubscriberHost> hosts = hostsToClose();
    if (!hosts.isEmpty()) {
      try {
        Thread.sleep(edge.settings().streams().acknowledgementDelay().plus(ONE_TURN));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    for (SubscriberHost host : hosts) {
      boolean _ = host.home.execute(host::withdraw);
      host.home.close();
    }
    edge.close();
  }

  /// Ends as a process that crashes does.
  public void kill() {
    hostsToClose().forEach(host -> host.home.kill());
    edge.kill();
  }

  private synchronized List<SubscriberHost> hostsToClose() {
    closed = true;
    return List.copyOf(classes.values());
  }

  private String who() {
    return "Client " + id().name();
  }
}
