package io.euryale.bench.group;

import io.euryale.bench.ProcReadings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// The process of one member: does what lines on its standard input say, answers by lines, and ends
/// when its standard input does.
///
/// `join` is answered by `joining NANOS` and `joined`, `clock` by its clock, `begin N` (forget the
/// run before) by `begun N`, `run …` ([RunOrder]) by `sent N COUNT` when its senders are done,
/// `collect N TOTAL MILLIS` by its [MemberResult] once it was delivered that many, `leave` by
/// `leaving NANOS` and `left NANOS`. Regular configurations are reported as they come: `view NANOS
/// COUNT`, and whether they are primary: `primary NANOS true|false`.
public final class MemberProcess implements Member.Upcalls {

  /// The timer wakes a sleeping thread up to this much late; the rest is spun away, so that the
  /// kernel's timer is not measured.
  private static final long SPIN_NANOS = 120_000;

  private static final long GIVE_UP_NANOS = 10_000_000_000L;
  private static final long DRAIN_NANOS = 3_000_000_000L;

  private final Member member;
  private final Seat seat;
  private final PrintStream out;
  private volatile Tally tally;
  private @Nullable Finished finished;

  private record Reading(List<Long> counts, double cpuSeconds, long packets) {}

  private record Finished(long sent, Reading before, Reading after, Histogram late, Tally tally) {}

  private MemberProcess(Seat seat, PrintStream out) {
    this.seat = seat;
    this.out = out;
    this.member = seat.open();
    this.tally = new Tally(0, seat.index(), seat.members());
  }

  /// Runs a member until the standard input ends.
  ///
  /// @param args the words of a [Seat]
  public static void main(String[] args) {
    // What a library prints must not get between our lines.
    PrintStream out = System.out;
    System.setOut(System.err);
    MemberProcess process = new MemberProcess(Seat.of(List.of(args)), out);
    try {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        process.obey(line.split(" "));
      }
    } catch (InterruptedException _) {
      process.say("failed interrupted");
    } catch (IOException e) {
      process.say("failed " + e.getMessage());
    }
    System.exit(0);
  }

  private void say(String line) {
    synchronized (out) {
      out.println(line);
      out.flush();
    }
  }

  @Override
  public void delivered(byte[] bytes, int offset, int length) {
    tally.delivered(bytes, offset, length);
  }

  @Override
  public void configured(List<String> names) {
    say("view " + System.nanoTime() + " " + names.size());
  }

  @Override
  public void primary(boolean isPrimary) {
    say("primary " + System.nanoTime() + " " + isPrimary);
  }

  private void obey(String[] words) throws IOException, InterruptedException {
    switch (words[0]) {
      case "join" -> {
        say("joining " + System.nanoTime());
        member.join(this);
        say("joined");
      }
      case "clock" -> say("clock " + System.nanoTime());
      case "begin" -> {
        int run = Integer.parseInt(words[1]);
        tally = new Tally(run, seat.index(), seat.members());
        finished = null;
        member.begin(run);
        say("begun " + words[1]);
      }
      case "run" -> run(RunOrder.of(words));
      case "collect" ->
          collect(Integer.parseInt(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]));
      case "leave" -> {
        say("leaving " + System.nanoTime());
        member.leave();
        say("left " + System.nanoTime());
      }
      default -> say("failed I do not understand '" + String.join(" ", words) + "'");
    }
  }

  // ---- a run ----

  private void run(RunOrder order) throws IOException, InterruptedException {
    Tally now = tally;
    if (!order.isFlood()) {
      now.recordLatencies(order.fromNanos(), order.toNanos());
    }
    Histogram late = new Histogram(3);
    AtomicLong sent = new AtomicLong();
    Thread sender =
        Thread.ofPlatform()
            .name("bench-sender")
            .daemon()
            .start(() -> sendUntilDone(order, now, late, sent));
    sleepUntil(order.fromNanos());
    Reading before = read(now);
    sleepUntil(order.toNanos());
    Reading after = read(now);
    sender.join(GIVE_UP_NANOS / 1_000_000);
    sender.interrupt();
    sender.join();
    now.awaitOwn(sent.get(), System.nanoTime() + DRAIN_NANOS);
    finished = new Finished(sent.get(), before, after, late, now);
    say("sent " + order.run() + " " + sent.get());
  }

  private Reading read(Tally now) throws IOException {
    return new Reading(
        now.counts(), ProcReadings.cpuSeconds(ProcessHandle.current().pid()), member.packets());
  }

  private void sendUntilDone(RunOrder order, Tally now, Histogram late, AtomicLong sent) {
    if (seat.index() >= order.senders()) {
      return;
    }
    try {
      if (order.isFlood()) {
        flood(order, now, sent);
      } else {
        keepToTheSchedule(order, late, sent);
      }
    } catch (IOException e) {
      say("failed " + e.getMessage());
    } catch (InterruptedException _) {
      // It was held back longer than anybody waits: what it sent until then counts.
    }
  }

  /// Each message has its time, whatever happened to those before it.
  private void keepToTheSchedule(RunOrder order, Histogram late, AtomicLong sent)
      throws IOException, InterruptedException {
    long first = order.startNanos() + seat.index() * order.phaseNanos();
    for (int number = 0; ; number++) {
      long due = first + number * order.intervalNanos();
      if (due - order.toNanos() >= 0) {
        return;
      }
      waitUntil(due);
      if (due - order.fromNanos() >= 0) {
        late.recordValue(Math.max(0, System.nanoTime() - due));
      }
      member.send(
          order.service(), Payload.of(order.bytes(), order.run(), seat.index(), number, due));
      sent.incrementAndGet();
    }
  }

  private void flood(RunOrder order, Tally now, AtomicLong sent)
      throws IOException, InterruptedException {
    sleepUntil(order.startNanos());
    int number = 0;
    while (System.nanoTime() - order.toNanos() < 0) {
      if (order.window() > 0 && number - now.ownTotal() >= order.window()) {
        // Woken once for many, or waking would be what is measured.
        now.awaitOwn(number - order.window() / 2, order.toNanos());
        continue;
      }
      member.send(order.service(), Payload.of(order.bytes(), order.run(), seat.index(), number, 0));
      sent.set(++number);
    }
  }

  private void collect(int run, long expected, long patienceMillis) throws InterruptedException {
    Finished done = finished;
    if (done == null) {
      say("failed nothing to collect of run " + run);
      return;
    }
    long deadline = System.nanoTime() + patienceMillis * 1_000_000;
    while (done.tally().total() < expected && System.nanoTime() - deadline < 0) {
      Thread.sleep(2);
    }
    Tally last = done.tally();
    List<Long> counts = new ArrayList<>();
    for (int sender = 0; sender < seat.members(); sender++) {
      counts.add(done.after().counts().get(sender) - done.before().counts().get(sender));
    }
    long packets = done.after().packets();
    say(
        new MemberResult(
                done.sent(),
                last.total(),
                counts,
                last.order(),
                last.outOfOrder(),
                done.after().cpuSeconds() - done.before().cpuSeconds(),
                packets < 0 ? -1 : packets - done.before().packets(),
                last.own(),
                last.remote(),
                done.late())
            .line(run));
  }

  private static void sleepUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private static void waitUntil(long dueNanos) throws InterruptedException {
    for (long left = dueNanos - System.nanoTime(); left > 0; left = dueNanos - System.nanoTime()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (left > SPIN_NANOS) {
        LockSupport.parkNanos(left - SPIN_NANOS);
      } else {
        Thread.onSpinWait();
      }
    }
  }
}
