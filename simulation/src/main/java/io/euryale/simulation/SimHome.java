package io.euryale.simulation;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Home;
import io.euryale.kernel.LongMap;
import io.euryale.kernel.trace.TraceEvent;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/// The home of one core in one life of its process: its links, its timer, its jitter.
final class SimHome implements Home {

  private final Simulation simulation;
  private final SimProcess process;
  private final Loop loop;
  private final long incarnation;
  private final SplittableRandom jitter;
  private final SplittableRandom dialJitter;
  private final LongMap<LinkEnd> links = new LongMap<>();
  private int lastLink;

  private long deadlineNanos = Long.MAX_VALUE;
  private long armedAt = Long.MAX_VALUE;
  private boolean timerQueued;
  private final Input timerDue = new TimerDue();

  SimHome(Simulation simulation, SimProcess process, Loop loop, SplittableRandom jitter) {
    this.simulation = simulation;
    this.process = process;
    this.loop = loop;
    this.jitter = jitter;
    dialJitter = jitter.split();
    incarnation = process.incarnation();
  }

  SimProcess process() {
    return process;
  }

  Loop loop() {
    return loop;
  }

  LongMap<LinkEnd> links() {
    return links;
  }

  @Override
  public boolean send(int link, ByteBuffer frame) {
    LinkEnd end = links.get(link);
    if (loop.isDead() || end == null || !end.up || end.connection == null) {
      return false;
    }
    return simulation.network().send(end.connection, end.side(), frame);
  }

  @Override
  public int connect(Endpoint remote) {
    LinkEnd end = new LinkEnd(this, ++lastLink, remote);
    if (!loop.isDead()) {
      links.put(end.id, end);
      simulation.network().dialNow(end);
    }
    return end.id;
  }

  @Override
  public void disconnect(int link) {
    LinkEnd end = links.remove(link);
    if (end == null) {
      return;
    }
    end.closed = true;
    end.up = false;
    simulation.network().close(end);
  }

  @Override
  public void wakeAt(long deadline) {
    deadlineNanos = deadline;
    if (deadline != Long.MAX_VALUE && !loop.isDead()) {
      long waitNanos = deadline <= process.localNow() ? 0 : deadline - process.localNow();
      arm(waitNanos);
    }
  }

  @Override
  public void observe(TraceEvent event) {
    simulation.trace(process.name(), incarnation, event);
  }

  @Override
  public long jitter(long bound) {
    return bound <= 0 ? 0 : jitter.nextLong(bound);
  }

  void redial(LinkEnd end) {
    simulation.network().redial(end);
  }

  /// From a stream of its own: how often links are dialled changes no draw of the core.
  long dialJitter(long bound) {
    return dialJitter.nextLong(bound);
  }

  LinkEnd accept() {
    LinkEnd end = new LinkEnd(this, ++lastLink, null);
    links.put(end.id, end);
    return end;
  }

  void die() {
    simulation.network().dropAll(this);
    links.clear();
    deadlineNanos = Long.MAX_VALUE;
  }

  private void arm(long waitNanos) {
    long at = simulation.now() + waitNanos;
    if (at < 0) {
      return; // Later than virtual time can count.
    }
    if (at < armedAt) {
      armedAt = at;
      simulation.schedule(at, new Alarm());
    }
  }

  /// An alarm replaced by an earlier one finds that it is not the armed one and does nothing.
  private final class Alarm extends Event {
    @Override
    void fire() {
      if (loop.isDead() || at != armedAt) {
        return;
      }
      armedAt = Long.MAX_VALUE;
      if (deadlineNanos == Long.MAX_VALUE || timerQueued) {
        return;
      }
      long early = deadlineNanos - process.localNow();
      if (early > 0) {
        arm(early); // The deadline moved, or this clock is slow.
        return;
      }
      timerQueued = true;
      loop.enqueue(timerDue);
    }
  }

  private final class TimerDue implements Input {
    @Override
    public void handle(long nowNanos) {
      timerQueued = false;
      if (deadlineNanos <= nowNanos) {
        deadlineNanos = Long.MAX_VALUE;
        loop.core().timerDue(nowNanos);
      } else {
        wakeAt(deadlineNanos);
      }
    }

    @Override
    public long digest() {
      return 3;
    }
  }
}
