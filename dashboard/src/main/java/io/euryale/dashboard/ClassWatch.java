package io.euryale.dashboard;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.TrafficClass;
import io.euryale.peer.Client;
import io.euryale.peer.RefusedException;
import io.euryale.service.stream.Arrivals;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Asks the peers of the root cell once a second how packets arrived there, and tells
/// [ClassFigures]. Nothing is subscribed to, so the traffic is what it would be without.
///
/// A peer is known from its second answer on: what arrived before is not of the time that was
/// watched. What one that did not answer in time has to tell counts with its next answer.
public final class ClassWatch implements AutoCloseable {

  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofMillis(250);
  private static final List<TrafficClass> CLASSES =
      List.of(TrafficClass.ALARM, TrafficClass.CRITICAL, TrafficClass.NORMAL);

  /// What is known of one class.
  private static final class Watched {
    private final Map<PeerId, Arrivals> before = new TreeMap<>();
    private Arrivals total = Arrivals.NONE;
    private long cameNanos;
    private long learnedNanos;

    /// @return what is new, or null when none of the peers was known
    @Nullable Arrivals learn(long nowNanos, Map<PeerId, Arrivals> answers) {
      Arrivals last = Arrivals.NONE;
      boolean isKnown = false;
      for (Map.Entry<PeerId, Arrivals> answer : answers.entrySet()) {
        Arrivals known = before.put(answer.getKey(), answer.getValue());
        if (known != null) {
          isKnown = true;
          last = last.plus(answer.getValue().since(known));
        }
      }
      total = total.plus(last);
      cameNanos = last.packets() > 0 ? nowNanos : cameNanos;
      return isKnown ? last : null;
    }

    long ageMillis(long nowNanos) {
      return total.packets() == 0 ? -1 : (nowNanos - cameNanos) / 1_000_000;
    }
  }

  private final Client client;
  private final ClassFigures figures;
  private final Map<TrafficClass, Watched> classes = new EnumMap<>(TrafficClass.class);
  private final Thread thread;
  private final CountDownLatch measured = new CountDownLatch(1);
  private volatile boolean closed;

  /// Starts to ask.
  ///
  /// @param client that may administer the overlay; stays the caller's
  public static ClassWatch start(Client client, Facts facts, Recoveries recoveries) {
    ClassWatch watch = new ClassWatch(client, facts, recoveries);
    watch.thread.start();
    return watch;
  }

  private ClassWatch(Client client, Facts facts, Recoveries recoveries) {
    this.client = client;
    figures = new ClassFigures(facts, recoveries, System.nanoTime());
    CLASSES.forEach(each -> classes.put(each, new Watched()));
    thread = Thread.ofVirtual().name("dashboard-classes").unstarted(this::watch);
  }

  /// Waits until there is something to tell, for this time at most.
  public void awaitFigures(Duration patience) throws InterruptedException {
    boolean _ = measured.await(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void watch() {
    try {
      while (!closed) {
        Thread.sleep(PERIOD);
        boolean isAnswered = false;
        for (Map.Entry<TrafficClass, Watched> each : classes.entrySet()) {
          isAnswered |= ask(each.getKey(), each.getValue());
        }
        if (isAnswered) { // Else the age of what is known says so.
          figures.tell(System.nanoTime());
          measured.countDown();
        }
      }
    } catch (RefusedException _) {
      // The client is closed, or may not know: there is nothing to tell then.
      measured.countDown();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean ask(TrafficClass trafficClass, Watched watched) throws InterruptedException {
    Map<PeerId, Arrivals> answers = client.arrivals(trafficClass, PATIENCE);
    if (answers.isEmpty()) {
      return false;
    }
    long now = System.nanoTime();
    double seconds = (now - watched.learnedNanos) / 1e9;
    watched.learnedNanos = now;
    Arrivals last = watched.learn(now, answers);
    if (last == null) {
      return false;
    }
    Arrivals total = watched.total;
    figures.measured(
        trafficClass,
        new ClassFigures.Second(
            seconds,
            last.packets(),
            last.ageMillis(50),
            last.ageMillis(99),
            last.ageMillis(100),
            last.jitterMillis()),
        new ClassFigures.Total(
            total.packets(),
            total.ageMillis(99),
            total.ageMillis(99.9),
            total.ageMillis(100),
            total.givenUp(),
            null,
            watched.ageMillis(now)));
    return true;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
