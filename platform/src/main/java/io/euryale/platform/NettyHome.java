package io.euryale.platform;

import io.euryale.kernel.Core;
import io.euryale.kernel.DatagramHome;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.platform.keys.Credentials;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The real home of one core: its links, datagrams, records and timer on the loop of one traffic
/// class.
///
/// ## Turns
///
/// A loop works in turns: it handles everything that arrived and every timer that is due, then each
/// core that had an input is told `idle`, and then the links it wrote to are flushed, in the order
/// in which they were first written to; datagrams leave at once. Frames go from the loop's read
/// buffer to the core and from the core into the outbound segments of a link; in the steady state
/// nothing is allocated.
///
/// ## Threads and failures
///
/// [#listen], [#listenWithDatagrams], [#start], [#execute], [#kill], [#close] and the accessors may
/// be called from any thread; the methods of [DatagramHome] only from inside a call of the core or
/// a task given to [#execute]. An exception thrown by the core or a task is our bug: it is logged
/// once, kept in [#failure], ends all links as a crash would, and is told to the failure listener;
/// other peers go on. A machine that fails its home ends it the same way, with a
/// [PlatformException] fit to be shown.
public final class NettyHome implements DatagramHome, AutoCloseable {

  private static final SecureRandom KEYS = new SecureRandom();

  private final ClassLoop loop;
  private final TrafficClass trafficClass;
  private final LinkSettings settings;
  private final Reach reach;
  private final @Nullable LinkKeys keys;
  private final @Nullable Records records;
  private final @Nullable Observations observations;
  private final SplittableRandom random;

  private final LinkCounters counters = new LinkCounters();
  private final CoreCalls calls = new CoreCalls(this);
  private final Ports ports = new Ports(this, calls);
  private final Greeting greeting;
  private final Links links;
  private final HomeEnd end;
  private final Timer coreTimer =
      new Timer() {
        @Override
        void due(long nowNanos) {
          calls.timerDue(nowNanos);
        }
      };

  private Function<Hello, @Nullable String> door = _ -> null;
  private boolean turnOpen;

  /// A home on loopback without records.
  ///
  /// @param overlay name of the overlay; links to other overlays are refused
  /// @param role what this process says it is
  /// @param observations where the core's observations go; null when nobody reads them
  /// @param jitterSeed for the spreading of dials and whatever the core spreads; not for keys
  /// @param onFailure told once, on the loop, when the core throws or the machine fails its home
  public NettyHome(
      Loops loops,
      TrafficClass trafficClass,
      String overlay,
      Role role,
      LinkSettings settings,
      @Nullable Observations observations,
      long jitterSeed,
      Consumer<Throwable> onFailure) {
    this(
        loops,
        trafficClass,
        overlay,
        role,
        settings,
        Reach.LOOPBACK,
        null,
        null,
        observations,
        jitterSeed,
        onFailure);
  }

  /// A home whose links are sealed and prove their names, on any address; without keys on loopback.
  ///
  /// @param overlay name of the overlay; links to other overlays are refused
  /// @param role what this process says it is
  /// @param keys of this process; null without keys
  /// @param observations where the core's observations go; null when nobody reads them
  /// @param jitterSeed for the spreading of dials and whatever the core spreads; not for keys
  /// @param onFailure told once, on the loop, when the core throws or the machine fails its home
  public NettyHome(
      Loops loops,
      TrafficClass trafficClass,
      String overlay,
      Role role,
      LinkSettings settings,
      @Nullable LinkKeys keys,
      @Nullable Observations observations,
      long jitterSeed,
      Consumer<Throwable> onFailure) {
    this(
        loops,
        trafficClass,
        overlay,
        role,
        settings,
        keys == null ? Reach.LOOPBACK : Reach.KEYED,
        keys,
        null,
        observations,
        jitterSeed,
        onFailure);
  }

  /// A home with a reach and records.
  ///
  /// @param overlay name of the overlay; links to other overlays are refused
  /// @param role what this process says it is
  /// @param reach [Reach#KEYED] only for a core that believes nothing but sealed datagrams
  /// @param records of this peer; null when its core keeps none
  /// @param observations where the core's observations go; null when nobody reads them
  /// @param jitterSeed for the spreading of dials and whatever the core spreads; not for keys
  /// @param onFailure told once, on the loop, when the core throws or the machine fails its home
  public NettyHome(
      Loops loops,
      TrafficClass trafficClass,
      String overlay,
      Role role,
      LinkSettings settings,
      Reach reach,
      @Nullable Records records,
      @Nullable Observations observations,
      long jitterSeed,
      Consumer<Throwable> onFailure) {
    this(
        loops,
        trafficClass,
        overlay,
        role,
        settings,
        reach,
        null,
        records,
        observations,
        jitterSeed,
        onFailure);
  }

  private NettyHome(
      Loops loops,
      TrafficClass trafficClass,
      String overlay,
      Role role,
      LinkSettings settings,
      Reach reach,
      @Nullable LinkKeys keys,
      @Nullable Records records,
      @Nullable Observations observations,
      long jitterSeed,
      Consumer<Throwable> onFailure) {
    this.keys = keys;
    this.loop = loops.of(trafficClass);
    this.trafficClass = trafficClass;
    this.greeting = new Greeting(overlay, role, trafficClass);
    this.settings = settings;
    this.reach = reach;
    this.records = records;
    this.observations = observations;
    this.random = new SplittableRandom(jitterSeed);
    this.links = new Links(this, calls);
    this.end = new HomeEnd(this, coreTimer, ports, links, onFailure);
    if (records != null) {
      records.own(trafficClass, new RecordsOwner());
    }
    if (keys != null) {
      keys.enrol(this);
    }
  }

  // ---------------------------------------------------------------- from any thread

  /// Opens the port on which others reach this core by links. Connections wait in the operating
  /// system until [#start]. Once; not from a loop thread. A home that has stopped closes the port
  /// again at once.
  ///
  /// @param port 0 for any free port
  /// @return the port
  /// @throws PlatformException when the host is beyond the home's reach or the port cannot be had
  public int listen(String host, int port) {
    return listening(ports.open(host, port));
  }

  /// Opens the port on which others reach this core, a [DatagramCore], by links and by datagrams:
  /// the same number for TCP and UDP. Otherwise as [#listen]; datagrams wait until [#start] too.
  public int listenWithDatagrams(String host, int port) {
    return listening(ports.openWithDatagrams(host, port));
  }

  /// Who may have a link at all. Before the home listens or starts; everybody otherwise.
  ///
  /// @param refusal why the process that says this hello may not, in a sentence of at most 512
  /// bytes that it is told; null when it may. Called on the loop
  public void admitBy(Function<Hello, @Nullable String> refusal) {
    boolean _ = loop.runAndWait(() -> door = refusal);
  }

  private int listening(int port) {
    boolean _ =
        loop.runAndWait(
            () -> {
              if (isStopped()) {
                ports.close();
              } else if (calls.hasStarted()) {
                ports.admit();
              }
            });
    return port;
  }

  /// Gives the home its core, once; the core's `start` is its first call.
  ///
  /// @param newSelf who this peer is and where it listens, for the hellos
  public void start(Core newCore, PeerRef newSelf) {
    loop.eventLoop()
        .execute(
            () -> {
              if (isStopped() || calls.hasStarted()) {
                return;
              }
              greeting.self(newSelf);
              calls.start(newCore);
              if (!isStopped()) {
                ports.admit();
              }
            });
  }

  /// Runs a task on the loop of this core, as part of a turn, with the time. Tasks run in the order
  /// given by one thread.
  ///
  /// @return false when the home has stopped; a task given just before may also never run
  public boolean execute(LongConsumer task) {
    if (isStopped()) {
      return false;
    }
    try {
      loop.eventLoop()
          .execute(
              () -> {
                calls.task(task);
                loop.taskDone();
              });
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /// Ends as a process that crashes does: every connection is reset, nothing queued is sent, no
  /// farewell, and the core is never called again once this returns (from a loop thread: once the
  /// loop of this class has worked it off).
  public void kill() {
    end.kill();
  }

  /// Has no links with these peers from now on, as if the network between were parted: those that
  /// are up are reset, new ones are refused. Both sides have to be told. Datagrams are not held
  /// up. For tests and demonstrations of failures.
  ///
  /// @param peers the whole set; empty heals
  public void cutOff(Set<PeerName> peers) {
    boolean _ =
        execute(
            _ -> {
              greeting.cutOff(peers);
              links.resetCutOff();
            });
  }

  /// Stops listening, tells the core nothing more, sends what is queued and closes. Waits until the
  /// queues are empty, or for [LinkSettings#drainTimeout].
  @Override
  public void close() {
    end.close();
  }

  /// What the core threw, or how the machine failed its home ([PlatformException]), or null.
  public @Nullable Throwable failure() {
    return end.failure();
  }

  public boolean isStopped() {
    return end.isStopped();
  }

  public LinkCounters counters() {
    return counters;
  }

  /// What the datagram socket has done; null without [#listenWithDatagrams].
  public @Nullable DatagramCounters datagramCounters() {
    Datagrams opened = ports.datagrams();
    return opened == null ? null : opened.counters();
  }

  public TrafficClass trafficClass() {
    return trafficClass;
  }

  // ---------------------------------------------------------------- Home

  @Override
  public boolean send(int link, ByteBuffer frame) {
    return links.send(link, frame);
  }

  @Override
  public int connect(Endpoint remote) {
    return links.connect(remote);
  }

  @Override
  public void disconnect(int link) {
    links.disconnect(link);
  }

  @Override
  public void wakeAt(long deadlineNanos) {
    if (!isStopped()) {
      loop.timers().set(coreTimer, deadlineNanos);
    }
  }

  @Override
  public void observe(TraceEvent event) {
    PeerRef who = greeting.self();
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

  // ---------------------------------------------------------------- DatagramHome

  @Override
  public int address(Endpoint remote) {
    return socket().address(remote);
  }

  @Override
  public void forget(int address) {
    socket().forget(address);
  }

  @Override
  public boolean sendTo(int address, ByteBuffer datagram) {
    return !isStopped() && socket().sendTo(address, datagram);
  }

  @Override
  public int datagramBytes(int address) {
    return socket().datagramBytes(address);
  }

  @Override
  public int receiveBufferBytes() {
    return socket().receiveBufferBytes();
  }

  @Override
  public void takeDatagrams(boolean taken) {
    Datagrams opened = ports.datagrams();
    if (opened != null) {
      opened.take(taken);
    }
  }

  @Override
  public void persist(int record, ByteBuffer value) {
    kept().persist(trafficClass, record, value);
  }

  @Override
  public ByteBuffer recorded(int record) {
    return kept().atStart(trafficClass, record);
  }

  @Override
  public void keyBytes(byte[] target) {
    KEYS.nextBytes(target);
  }

  private Datagrams socket() {
    Datagrams opened = ports.datagrams();
    if (opened == null) {
      throw new IllegalStateException("A home without datagrams: call listenWithDatagrams first");
    }
    return opened;
  }

  private Records kept() {
    if (records == null) {
      throw new IllegalStateException("A home that was given no records");
    }
    return records;
  }

  /// Brings what the writer of the records says to the loop.
  private final class RecordsOwner implements Records.Owner {
    @Override
    public void persisted(List<Integer> written) {
      boolean _ = execute(_ -> written.forEach(calls::persisted));
    }

    @Override
    public void recordsFailed(PlatformException reason) {
      boolean _ = execute(_ -> failed(reason));
    }
  }

  // ---------------------------------------------------------------- turns

  void openTurn() {
    if (!turnOpen) {
      turnOpen = true;
      loop.openTurn(this);
    }
  }

  /// The inputs at hand are handled: acknowledgements may go out, then everything leaves.
  void endTurn() {
    calls.idle();
    turnOpen = false;
    links.flush();
  }

  // ---------------------------------------------------------------- for the parts of the home

  ClassLoop loop() {
    return loop;
  }

  TimerHeap timers() {
    return loop.timers();
  }

  LinkSettings settings() {
    return settings;
  }

  Reach reach() {
    return reach;
  }

  Links links() {
    return links;
  }

  /// What links prove their names with; null without keys.
  @Nullable LinkKeys keys() {
    return keys;
  }

  /// Ends the links whose other side these credentials do not believe. Any thread.
  void recheck(Credentials credentials) {
    boolean _ = execute(_ -> links.recheck(credentials));
  }

  /// Why the process that says this hello may have no link, or null.
  @Nullable String forbids(Hello remote) {
    return door.apply(remote);
  }

  Greeting greeting() {
    return greeting;
  }

  // ---------------------------------------------------------------- the end

  /// Our bug, in the core, in a task, or in the home itself; or the machine's failure.
  void failed(Throwable e) {
    end.failed(e);
  }
}
