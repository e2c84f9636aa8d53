package io.euryale.peer;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.platform.Loops;
import io.euryale.platform.NettyHome;
import io.euryale.platform.Observations;
import io.euryale.service.stream.StreamNames;
import io.euryale.service.stream.StreamOffer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A source of data at the edge of an overlay. It attaches to the first of its contacts that
/// answers and changes by itself to another peer of that cell, or to another contact, when that
/// peer fails.
///
/// ```
/// try (Loops loops = new Loops();
///     Sensor sensor = Sensor.connect(settings, loops, null, Duration.ofSeconds(10))) {
///   StreamPublisher doors = sensor.open("line-a/doors", TrafficClass.ALARM);
///   doors.publish("open".getBytes(StandardCharsets.UTF_8));
/// }
/// ```
///
/// Safe to share between threads. Listeners are called on the loops, which all peers, sensors and
/// clients of a [Loops] share.
public final class Sensor implements AutoCloseable {

  /// How long [#close()] lets accepted packets be delivered.
  public static final Duration DEFAULT_DRAIN = Duration.ofSeconds(10);

  private static final long LOOK_AGAIN_MILLIS = 5;

  private final EdgeHost edge;

  // Guarded by this.
  private final Map<TrafficClass, PublisherHost> classes = new EnumMap<>(TrafficClass.class);
  private boolean closed;

  private Sensor(EdgeHost edge) {
    this.edge = edge;
  }

  /// Starts a sensor and waits until a peer was found to attach to.
  ///
  /// @param observations where the application's border and the protocol's observations are
  ///     traced, or null
  /// @param timeout longest wait
  /// @throws RefusedException when the settings are not valid, or no contact answered in time;
  ///     trying again is safe
  public static Sensor connect(
      EdgeSettings settings, Loops loops, @Nullable Observations observations, Duration timeout)
      throws InterruptedException {
    EdgeHost edge = new EdgeHost(Role.SENSOR, settings, loops, observations);
    edge.connect(timeout);
    return new Sensor(edge);
  }

  /// The sensor's name and incarnation.
  public PeerId id() {
    return edge.self().id();
  }

  /// Reads the key files again, now; they are also read when they change, within seconds. Links
  /// that are up go on, unless the certificate of their other side is not believed any more.
  ///
  /// @throws RefusedException when they cannot be used, or this sensor was started without keys;
  /// the keys stay as they are then
  public void reloadKeys() {
    edge.identity().reload();
  }

  /// How long no peer of the overlay has answered. Peers are asked every second, so that a second
  /// or two say nothing; more mean that no peer can be reached.
  ///
  /// @throws RefusedException when the sensor is closed
  public Duration silence() throws InterruptedException {
    return edge.silence(who());
  }

  /// The keys in use; null without keys.
  public @Nullable KeyStatus keys() {
    return edge.identity().status();
  }

  /// Opens a stream, so that clients can find it; the same as [#open(String, TrafficClass,
  /// PublisherListener)] with nobody listening.
  public StreamPublisher open(String stream, TrafficClass trafficClass)
      throws InterruptedException {
    return open(stream, trafficClass, PublisherListener.SILENT);
  }

  /// Opens a stream, so that clients can find it.
  ///
  /// @param stream 1 to 200 letters, digits, or any of `. _ - / :`
  /// @param trafficClass any but control
  /// @throws RefusedException when the name or class is not valid, the stream is open already in
  ///     this class, or the sensor is closed
  public StreamPublisher open(String stream, TrafficClass trafficClass, PublisherListener listener)
      throws InterruptedException {
    return open(stream, trafficClass, StreamOffer.DEFAULT, listener);
  }

  /// Opens a stream with what is offered to its subscribers; see [StreamOffer].
  public StreamPublisher open(
      String stream, TrafficClass trafficClass, StreamOffer offer, PublisherListener listener)
      throws InterruptedException {
    Checks.dataClass(trafficClass);
    if (!StreamNames.isName(stream)) {
      throw Checks.invalid(
          "'"
              + stream
              + "' cannot be the name of a stream: use 1 to 200 letters, digits, '.', '_', '-', '/'"
              + " or ':'.");
    }
    PublisherHost host = host(trafficClass);
    StreamPublisher publisher =
        new StreamPublisher(stream, trafficClass, id().incarnation(), host, listener);
    RefusedException[] refusal =
        LoopCalls.call(
            host.home,
            who(),
            now -> {
              RefusedException refused = host.open(now, publisher, offer);
              return refused == null ? new RefusedException[0] : new RefusedException[] {refused};
            });
    if (refusal.length > 0) {
      throw refusal[0];
    }
    return publisher;
  }

  private synchronized PublisherHost host(TrafficClass trafficClass) {
    if (closed) {
      throw LoopCalls.closed(who());
    }
    PublisherHost known = classes.get(trafficClass);
    if (known != null) {
      return known;
    }
    NettyHome home = edge.newHome(trafficClass);
    PublisherHost host =
        new PublisherHost(
            edge.settings().streams(), trafficClass, edge.self(), home, edge.observations());
    classes.put(trafficClass, host);
    edge.follow(home, host::attachmentPoints);
    return host;
  }

  /// Waits until every accepted packet of every stream was delivered or reported lost.
  ///
  /// @return false when time ran out first
  /// @throws RefusedException when the sensor is closed
  public boolean drain(Duration timeout) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + timeout.toNanos();
    for (PublisherHost host : hosts()) {
      while (!LoopCalls.<Boolean>call(host.home, who(), _ -> host.isQuiet())) {
        if (LoopCalls.remaining(deadlineNanos).isZero()) {
          return false;
        }
        Thread.sleep(LOOK_AGAIN_MILLIS);
      }
    }
    return true;
  }

  /// Drains and closes. Afterwards nothing is published and no listener is called.
  ///
  /// @param timeout longest wait for deliveries
  /// @return whether everything was delivered or reported lost; if not, what was still open is
  ///     lost
  public boolean close(Duration timeout) throws InterruptedException {
    synchronized (this) {
      if (closed) {
        return true;
      }
      closed = true;
    }
    boolean drained = false;
    try {
      drained = drain(timeout);
    } catch (RefusedException _) {
      // A core that failed has nothing left to drain.
    } finally {
      hosts().forEach(host -> host.home.close());
      edge.close();
    }
    return drained;
  }

  /// Drains for at most [#DEFAULT_DRAIN] and closes.
  @Override
  public void close() {
    try {
      boolean _ = close(DEFAULT_DRAIN);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Ends as a process that crashes does: links are reset and what is not delivered is lost.
  public void kill() {
    synchronized (this) {
      closed = true;
    }
    hosts().forEach(host -> host.home.kill());
    edge.kill();
  }

  private synchronized List<PublisherHost> hosts() {
    return List.copyOf(classes.values());
  }

  private String who() {
    return "Sensor " + id().name();
  }
}
