package io.euryale.lighttrain.city;

import io.euryale.dashboard.Recoveries;
import io.euryale.lighttrain.demo.DemoException;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;

/// Breaks the city at a steady rate and lets it be mended: peers lose connections and memory,
/// processes are killed, stand still or are parted from the others. The next fault waits until the
/// one before is mended, as no cell promises to survive the loss of all its peers; what waited is
/// made up for in half of the time. The first process is never killed by itself, so that there is
/// one whose memory can be watched for as long as the city lives. Processes with peers of the root
/// cell are parted by hand only: then there are two root cells, and the control centre hears one.
/// Belongs to one thread but for the buttons.
final class CityFaults {

  private static final long DOWN_NANOS = 3_000_000_000L;

  /// A peer that is sent home is away for so long only.
  private static final long HOME_NANOS = 200_000_000L;

  /// How often is looked for peers that are not in their cells.
  private static final long LOOK_NANOS = 5_000_000_000L;

  /// What comes in turn: resets are the most frequent, as in life.
  private enum Kind {
    RESET_STATION,
    KILL,
    RESET_LINE,
    FREEZE,
    RESET_CENTRE,
    PARTITION
  }

  private final CityOverlay overlay;
  private final CityPlan plan;
  private final Recoveries recoveries;
  private final SplittableRandom random;
  private final long periodNanos;
  private long nextNanos;
  private final long firstNanos;
  private long dueNanos;
  private long lookNanos;
  private long mendNanos;
  private int frozen = -1;
  private int parted = -1;
  private boolean partedByHand;
  private int turn;
  private long injected;
  private boolean mending;
  private boolean byHand;

  CityFaults(
      CityOverlay overlay,
      CityPlan plan,
      Recoveries recoveries,
      double perMinute,
      long seed,
      long startNanos) {
    this.overlay = overlay;
    this.plan = plan;
    this.recoveries = recoveries;
    this.random = new SplittableRandom(seed);
    periodNanos = perMinute > 0 ? Math.round(60e9 / perMinute) : 0;
    firstNanos = startNanos + periodNanos / 2;
    dueNanos = firstNanos;
    nextNanos = firstNanos;
    lookNanos = startNanos + LOOK_NANOS;
  }

  /// Does what is due.
  ///
  /// @param more whether there may be new faults
  /// @return what was done, one sentence; empty for nothing
  synchronized String tick(long nowNanos, boolean more) throws DemoException, InterruptedException {
    if (mending && nowNanos - mendNanos >= 0) {
      mend();
    }
    if (overlay.isWhole() && !mending) {
      byHand = false;
    }
    if (!more || mending || byHand || !overlay.isWhole() || recoveries.isOpen()) {
      return ""; // What is due waits.
    }
    boolean due = periodNanos > 0 && nowNanos - nextNanos >= 0;
    if (due || nowNanos - lookNanos >= 0) {
      lookNanos = nowNanos + LOOK_NANOS;
      String home = sendHome(nowNanos);
      if (!home.isEmpty()) {
        return home;
      }
    }
    if (!due) {
      return "";
    }
    dueNanos += periodNanos;
    nextNanos = Math.max(dueNanos, nowNanos + periodNanos / 2);
    return inject(Kind.values()[turn++ % Kind.values().length], nowNanos);
  }

  /// Who lost its place for a while may have found another one, and whoever put the peers of a cell
  /// on different processes must see to it that it stays so.
  private String sendHome(long nowNanos) {
    String astray = overlay.astray();
    if (astray.isEmpty()) {
      return "";
    }
    String done = reset(astray, nowNanos) + " It was not in its cell.";
    mendNanos = nowNanos + HOME_NANOS;
    return done;
  }

  private String inject(Kind kind, long nowNanos) throws InterruptedException {
    injected++;
    return switch (kind) {
      case RESET_STATION -> reset(victim(2), nowNanos);
      case RESET_LINE -> reset(victim(1), nowNanos);
      case RESET_CENTRE -> reset(victim(0), nowNanos);
      case KILL -> kill(1 + random.nextInt(plan.processes() - 1));
      case PARTITION -> {
        List<Integer> choice = plan.processesWithoutRoot();
        yield choice.isEmpty()
            ? freeze(random.nextInt(plan.processes()))
            : part(choice.get(random.nextInt(choice.size())), false);
      }
      case FREEZE -> freeze(random.nextInt(plan.processes()));
    };
  }

  private String victim(int level) {
    List<CityPlan.Peer> row =
        plan.peers().stream().filter(peer -> peer.cell().level() == level).toList();
    return row.get(random.nextInt(row.size())).name();
  }

  private String reset(String peer, long nowNanos) {
    if (!overlay.isStarted(peer)) {
      return "Peer " + peer + " does not run.";
    }
    recoveries.announced(nowNanos, Instant.now(), "Reset of " + peer, List.of(peer));
    List<String> _ = overlay.reset(peer);
    mendLater();
    return "Peer " + peer + " was reset.";
  }

  private void mendLater() {
    mending = true;
    mendNanos = System.nanoTime() + DOWN_NANOS;
  }

  private void mend() throws DemoException, InterruptedException {
    mending = false;
    if (frozen >= 0) {
      recoveries.mended(System.nanoTime(), overlay.thaw(frozen), "goes on");
      frozen = -1;
    }
    if (parted >= 0 && !partedByHand) {
      String _ = heal();
    }
    if (!byHand) {
      recoveries.mended(System.nanoTime(), overlay.restart(), "started again");
    }
  }

  private List<String> running(int process) {
    return plan.peersOf(process).stream()
        .map(CityPlan.Peer::name)
        .filter(overlay::isStarted)
        .toList();
  }

  /// Kills a process; it is started again after a while unless that is done by hand.
  private String kill(int process) {
    List<String> falls = running(process);
    if (falls.isEmpty()) {
      return "Process " + (process + 1) + " does not run.";
    }
    recoveries.announced(
        System.nanoTime(), Instant.now(), "SIGKILL of process " + (process + 1), falls);
    List<String> fell = overlay.kill(process);
    mendLater();
    return "Process %d was killed with %d peers.".formatted(process + 1, fell.size());
  }

  // ---- by hand ----

  synchronized String resetByHand(String peer) {
    byHand = true;
    return reset(peer, System.nanoTime());
  }

  synchronized String killByHand(int process) {
    byHand = true;
    return kill(process);
  }

  /// Lets a process stand still for a while.
  synchronized String freeze(int process) throws InterruptedException {
    if (frozen >= 0) {
      return "Process " + (frozen + 1) + " stands still already.";
    }
    List<String> stops = running(process);
    if (stops.isEmpty()) {
      return "Process " + (process + 1) + " does not run.";
    }
    recoveries.announced(
        System.nanoTime(), Instant.now(), "SIGSTOP of process " + (process + 1), stops);
    List<String> stopped = overlay.freeze(process);
    frozen = process;
    mendLater();
    return "Process %d with %d peers stands still for 3 s.".formatted(process + 1, stopped.size());
  }

  /// Parts a process from the others until somebody heals.
  synchronized String partByHand(int process) {
    return part(process, true);
  }

  private String part(int process, boolean hand) {
    if (parted >= 0) {
      return "Process " + (parted + 1) + " is parted already: heal that first.";
    }
    List<String> inside = running(process);
    if (inside.isEmpty()) {
      return "Process " + (process + 1) + " does not run.";
    }
    byHand |= hand;
    partedByHand = hand;
    parted = process;
    recoveries.announced(
        System.nanoTime(),
        Instant.now(),
        "Process " + (process + 1) + " parted from the others",
        inside);
    overlay.part(process);
    if (!hand) {
      mendLater();
    }
    return "Process %d with %d peers has no links with the others %s."
        .formatted(process + 1, inside.size(), hand ? "until you heal" : "for 3 s");
  }

  synchronized String heal() {
    if (parted < 0) {
      return "There is no partition.";
    }
    recoveries.mended(System.nanoTime(), running(parted), "healed");
    parted = -1;
    overlay.heal();
    return "The parts see each other again.";
  }

  synchronized String restart() throws DemoException {
    byHand = parted >= 0 && partedByHand; // That is for somebody to heal.
    List<String> started = overlay.restart();
    recoveries.mended(System.nanoTime(), started, "started again");
    return started.isEmpty()
        ? "Nothing has ended."
        : started.size() == 1
            ? started.getFirst() + " was started again."
            : "%d peers were started again.".formatted(started.size());
  }

  /// The city is about to end: what people broke and left so is mended, as faults are.
  ///
  /// @return what was done, one sentence; empty for nothing
  synchronized String mendAll() throws DemoException {
    if (!byHand) {
      return "";
    }
    String healed = parted >= 0 ? heal() + " " : "";
    return healed + restart();
  }

  /// How many faults it injected by itself.
  synchronized long injected() {
    return injected;
  }

  /// How many it should have injected by then.
  long asked(long nowNanos) {
    return periodNanos == 0 || nowNanos - firstNanos < 0
        ? 0
        : 1 + (nowNanos - firstNanos) / periodNanos;
  }

  /// Whether nothing is broken on purpose at the moment.
  synchronized boolean isSettled() {
    return !mending && overlay.isWhole();
  }
}
