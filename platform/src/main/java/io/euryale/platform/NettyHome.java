package io.euryale.platform;

import io.euryale.kernel.Core;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.Home;
import io.euryale.kernel.LongMap;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.kernel.wire.Frames;
import io.euryale.kernel.wire.HelloCodec;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The real home of one core: TCP links and timers on the loop of one traffic class.
///
/// ## Turns
///
/// A loop works in turns: it handles everything that arrived and every timer that is due, then each
/// core that had an input is told `idle`, and then the links it wrote to are flushed, in the order
/// in which they were first written to. Frames go from the loop's read buffer to the core and from
/// the core into the outbound segments of a link; in the steady state nothing is allocated.
///
/// ## Threads and failures
///
/// [#listen], [#start], [#execute], [#kill], [#close] and the accessors may be called from any
/// thread; the methods of [Home] only from inside a call of the core or a task given to [#execute].
/// An exception thrown by the core or a task is our bug: it is logged once, kept in [#failure],
/// ends all links as a crash would, and is told to the failure listener; other peers go on.
public final class NettyHome implements Home, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(NettyHome.class);

  private final ClassLoop loop;
  private final TrafficClass trafficClass;
  private final String overlay;
  private final Role role;
  private final LinkSettings settings;
  private final @Nullable Observations observations;
  private final SplittableRandom random;
  private final Consumer<Throwable> onFailure;

  private final LinkCounters counters = new LinkCounters();
  private final WireReader reader = new WireReader();
  private final WireWriter writer = new WireWriter();
  private final LongMap<Connection> links = new LongMap<>();
  private final LongMap<Dial> dials = new LongMap<>();
  private final Set<Connection> connections = new LinkedHashSet<>();
  private final List<Connection> unflushed = new ArrayList<>();
  private final Bootstrap dialling;
  private final Timer coreTimer =
      new Timer() {
        @Override
        void due(long nowNanos) {
          timerDue(nowNanos);
        }
      };

  private volatile @Nullable Listener listener;
  private @Nullable Core core;
  private @Nullable PeerRef self;
  private int lastLink;
  private int strangers;
  private boolean turnOpen;
  private volatile boolean stopped;
  private volatile @Nullable Throwable failure;

  /// @param overlay name of the overlay; links to other overlays are refused
  /// @param role what this process says it is
  /// @param observations where the core's observations go; null when nobody reads them
  /// @param jitterSeed for the spreading of dials and whatever the core spreads; not for keys
  /// @param onFailure told once, on the loop, when the core throws
  public NettyHome(
      Loops loops,
      TrafficClass trafficClass,
      String overlay,
      Role role,
      LinkSettings settings,
      @Nullable Observations observations,
      long jitterSeed,
      Consumer<Throwable> onFailure) {
    this.loop = loops.of(trafficClass);
    this.trafficClass = trafficClass;
    this.overlay = overlay;
    this.role = role;
    this.settings = settings;
    this.observations = observations;
    this.random = new SplittableRandom(jitterSeed);
    this.onFailure = onFailure;
    this.dialling = loop.dialling(settings.helloTimeout());
  }

  // ---------------------------------------------------------------- from any thread

  /// Opens the port on which others reach this core. Connections wait in the operating system until
  /// [#start]. Once; not from a loop thread. A home that has stopped closes the port again at once.
  ///
  /// @param port 0 for any free port
  /// @return the port
  /// @throws PlatformException when the host is not loopback or the port cannot be had
  public int listen(String host, int port) {
    Loopback.require(host);
    Listener opened = Listener.open(this, Loopback.address(host, port));
    listener = opened;
    boolean _ =
        loop.runAndWait(
            () -> {
              if (stopped) {
                opened.close();
              } else if (core != null) {
                opened.accept();
              }
            });
    return opened.port();
  }

  /// Gives the home its core, once; the core's `start` is its first call.
  ///
  /// @param newSelf who this peer is and where it listens, for the hellos
  public void start(Core newCore, PeerRef newSelf) {
    loop.eventLoop()
        .execute(
            () -> {
              if (stopped || core != null) {
                return;
              }
              core = newCore;
              self = newSelf;
              openTurn();
              try {
                newCore.start(Loops.nowNanos());
              } catch (Throwable e) {
                failed(e);
              }
              Listener opened = listener;
              if (opened != null && !stopped) {
                opened.accept();
              }
            });
  }

  /// Runs a task on the loop of this core, as part of a turn, with the time. Tasks run in the order
  /// given by one thread.
  ///
  /// @return false when the home has stopped; a task given just before may also never run
  public boolean execute(LongConsumer task) {
    if (stopped) {
      return false;
    }
    try {
      loop.eventLoop().execute(() -> run(task));
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  private void run(LongConsumer task) {
    if (stopped) {
      return;
    }
    openTurn();
    try {
      task.accept(Loops.nowNanos());
    } catch (Throwable e) {
      failed(e);
    }
    loop.taskDone();
  }

  /// Ends as a process that crashes does: every connection is reset, nothing queued is sent, no
  /// farewell, and the core is never called again once this returns (from a loop thread: once the
  /// loop of this class has worked it off).
  public void kill() {
    if (!loop.runAndWait(this::crash)) {
      stopped = true;
    }
  }

  /// Stops listening, tells the core nothing more, sends what is queued and closes. Waits until the
  /// queues are empty, or for [LinkSettings#drainTimeout].
  @Override
  public void close() {
    CountDownLatch drained = new CountDownLatch(1);
    if (loop.runAndWait(() -> leave(drained))) {
      loop.await(drained);
    } else {
      stopped = true;
    }
  }

  /// What the core threw, or null.
  public @Nullable Throwable failure() {
    return failure;
  }

  public boolean isStopped() {
    return stopped;
  }

  public LinkCounters counters() {
    return counters;
  }

  public TrafficClass trafficClass() {
    return trafficClass;
  }

  // ---------------------------------------------------------------- Home

  @Override
  public boolean send(int link, ByteBuffer frame) {
    Connection connection = links.get(link);
    return connection != null && Frames.isLength(frame.remaining()) && connection.send(frame);
  }

  @Override
  public int connect(Endpoint remote) {
    int link = newLink();
    Dial dial = new Dial(this, link, remote);
    dials.put(link, dial);
    loop.timers().set(dial, Loops.nowNanos());
    return link;
  }

  @Override
  public void disconnect(int link) {
    Connection connection = links.remove(link);
    if (connection != null) {
      connection.drain();
    }
    Dial dial = dials.remove(link);
    if (dial != null) {
      dial.cancel();
    }
  }

  @Override
  public void wakeAt(long deadlineNanos) {
    if (!stopped) {
      loop.timers().set(coreTimer, deadlineNanos);
    }
  }

  @Override
  public void observe(TraceEvent event) {
    PeerRef who = self;
    if (observations != null && who != null) {
      observations.record(Loops.nowNanos(), who.id(), event);
    }
  }

  @Override
  public boolean observes(String event) {
    return observations != null;
  }

  @Override
  public long jitter(long bound) {
    return random.nextLong(bound);
  }

  // ---------------------------------------------------------------- inputs of the core

  void frameArrived(int link, ByteBuffer body) {
    Core called = core;
    if (stopped || called == null) {
      return;
    }
    openTurn();
    counters.frameIn();
    try {
      called.frame(Loops.nowNanos(), link, body);
    } catch (Throwable e) {
      failed(e);
    }
  }

  void linkUp(Connection connection, Hello remote) {
    Core called = core;
    if (stopped || called == null) {
      return;
    }
    long nowNanos = Loops.nowNanos();
    Dial dial = connection.dial();
    if (dial == null) {
      strangers--;
    } else {
      dial.up(nowNanos);
    }
    links.put(connection.link(), connection);
    openTurn();
    try {
      called.linkUp(nowNanos, connection.link(), remote);
    } catch (Throwable e) {
      failed(e);
    }
  }

  void dialFailed(Dial dial, String reason) {
    Core called = core;
    if (stopped || called == null) {
      return;
    }
    counters.dialFailed();
    openTurn();
    try {
      called.dialFailed(Loops.nowNanos(), dial.link(), reason);
    } catch (Throwable e) {
      failed(e);
    }
  }

  private void timerDue(long nowNanos) {
    Core called = core;
    if (stopped || called == null) {
      return;
    }
    openTurn();
    try {
      called.timerDue(nowNanos);
    } catch (Throwable e) {
      failed(e);
    }
  }

  /// The end of a connection: `linkDown` when the core knew the link and did not close it itself.
  void ended(Connection connection) {
    Core called = core;
    if (stopped || called == null) {
      return;
    }
    long nowNanos = Loops.nowNanos();
    Dial dial = connection.dial();
    boolean known = connection.wasUp() && links.get(connection.link()) == connection;
    if (known) {
      links.remove(connection.link());
    }
    if (dial != null && !connection.wasUp()) {
      dial.failed(connection.reason());
    } else if (dial != null && known) {
      dial.down(nowNanos);
    }
    if (known) {
      openTurn();
      try {
        called.linkDown(nowNanos, connection.link(), connection.reason());
      } catch (Throwable e) {
        failed(e);
      }
    }
  }

  private void openTurn() {
    if (!turnOpen) {
      turnOpen = true;
      loop.openTurn(this);
    }
  }

  /// The inputs at hand are handled: acknowledgements may go out, then everything leaves.
  void endTurn() {
    Core called = core;
    if (!stopped && called != null) {
      try {
        called.idle(Loops.nowNanos());
      } catch (Throwable e) {
        failed(e);
      }
    }
    turnOpen = false;
    for (int i = 0; i < unflushed.size(); i++) {
      unflushed.get(i).flush();
    }
    unflushed.clear();
  }

  // ---------------------------------------------------------------- for connections

  ClassLoop loop() {
    return loop;
  }

  TimerHeap timers() {
    return loop.timers();
  }

  LinkSettings settings() {
    return settings;
  }

  WireReader reader() {
    return reader;
  }

  int newLink() {
    return ++lastLink;
  }

  int strangers() {
    return strangers;
  }

  /// Our hello, valid until the next call.
  ByteBuffer helloFrame() {
    PeerRef who = self;
    if (who == null) {
      throw new IllegalStateException("A connection before the start of its core");
    }
    return HelloCodec.encode(writer, new Hello(overlay, role, trafficClass, who));
  }

  /// Why a hello is not acceptable, or null.
  @Nullable Rejection refusal(Hello remote) {
    PeerRef who = self;
    if (!remote.overlay().equals(overlay)) {
      return Rejection.OTHER_OVERLAY;
    }
    if (remote.trafficClass() != trafficClass) {
      return Rejection.OTHER_CLASS;
    }
    return who != null && remote.self().id().equals(who.id()) ? Rejection.SELF : null;
  }

  ChannelFuture dial(Connection connection, InetSocketAddress address) {
    return dialling.clone().handler(connection).connect(address);
  }

  void unflushed(Connection connection) {
    openTurn();
    unflushed.add(connection);
  }

  void opened(Connection connection) {
    connections.add(connection);
    if (connection.dial() == null) {
      strangers++;
    }
  }

  void removed(Connection connection) {
    if (connections.remove(connection) && connection.dial() == null && !connection.wasUp()) {
      strangers--;
    }
  }

  // ---------------------------------------------------------------- the end

  /// Our bug: in the core, in a task, or in the home itself.
  void failed(Throwable e) {
    if (stopped) {
      return;
    }
    failure = e;
    PeerRef who = self;
    LOG.error(
        "Peer {} stops: its {} core threw {}",
        who == null ? "(not started)" : who.id(),
        trafficClass.label(),
        e.toString(),
        e);
    crash();
    onFailure.accept(e);
  }

  private void crash() {
    if (stopped) {
      return;
    }
    stop();
    List.copyOf(connections).forEach(Connection::reset);
  }

  private void stop() {
    stopped = true;
    loop.timers().cancel(coreTimer);
    dials.forEach(loop.timers()::cancel);
    Listener opened = listener;
    if (opened != null) {
      opened.close();
    }
    links.clear();
  }

  private void leave(CountDownLatch drained) {
    if (stopped) {
      drained.countDown();
      return;
    }
    List<Connection> open = List.copyOf(connections);
    stop();
    open.forEach(Connection::drain);
    new Farewell(loop.timers(), connections, settings.drainTimeout(), drained)
        .due(Loops.nowNanos());
  }
}
