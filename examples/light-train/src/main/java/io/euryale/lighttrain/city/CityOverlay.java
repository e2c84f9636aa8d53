package io.euryale.lighttrain.city;

import io.euryale.lighttrain.demo.ChildProcess;
import io.euryale.lighttrain.demo.DemoException;
import io.euryale.lighttrain.demo.PeerTalk;
import io.euryale.peer.EdgeSettings;
import io.euryale.service.stream.StreamSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The processes of the city and the peers in them: starts, kills, freezes, parts and restarts
/// them. Threads of the children report under this object's lock.
final class CityOverlay implements ChildProcess.Listener, AutoCloseable {

  /// For all peers together; a machine that takes longer cannot run the city.
  private static final Duration START_PATIENCE = Duration.ofSeconds(90);

  private static final Duration END_PATIENCE = Duration.ofSeconds(3);
  private static final int MOST_CONTACTS = 6;
  private static final String NAME = "city";

  /// An alarm has 100 ms: a hop that stands still must be gone around before anybody can be sure
  /// that it has failed. A wrong guess makes a repetition, no more.
  private static final StreamSettings STREAMS =
      StreamSettings.defaults().withStall(Duration.ofMillis(15), Duration.ofMillis(40));

  private final CityPlan plan;
  private final List<String> euryale;
  private final Path settingsFile;
  private final @Nullable ChildProcess[] processes;
  private final boolean[] frozen;
  private final Map<String, Seat> seats = new LinkedHashMap<>();
  private String lastComplaint = "";
  private int parted = -1;
  private boolean closing;
  private long unexpectedEnds;
  private long heapOfFirst;

  /// What is known of a peer; guarded by the overlay's lock.
  private static final class Seat {
    final CityPlan.Peer peer;
    boolean meant;
    boolean started;
    long startedNanos;
    @Nullable String cell;
    @Nullable String contact;

    Seat(CityPlan.Peer peer) {
      this.peer = peer;
    }
  }

  /// @param euryale runs the `euryale` command line
  CityOverlay(CityPlan plan, List<String> euryale) throws DemoException {
    this.plan = plan;
    this.euryale = List.copyOf(euryale);
    processes = new @Nullable ChildProcess[plan.processes()];
    frozen = new boolean[plan.processes()];
    plan.peers().forEach(peer -> seats.put(peer.name(), new Seat(peer)));
    try {
      settingsFile = Files.createTempFile("euryale-city-", ".yaml");
      Files.writeString(settingsFile, settings());
    } catch (IOException e) {
      throw DemoException.environment("Settings cannot be written: " + e.getMessage());
    }
  }

  /// A cell that lost a peer waits for it: every peer stands at a place of the city, and none is
  /// to be moved elsewhere to make up for another. There is room for one more, so that a stranger
  /// does not keep out who belongs there.
  private String settings() {
    String each = Integer.toString(plan.peersPerCell() + 1);
    return """
        name: city
        overlayName: %s
        overlay:
          depth: 3
          span: %d
          peersPerCell: [%s, %s, %s]
          smallestCell: 1
        streams:
          retryPause: %dms
          stallTimeout: %dms
        """
        .formatted(
            NAME,
            plan.span(),
            each,
            each,
            each,
            STREAMS.retryPause().toMillis(),
            STREAMS.stallTimeout().toMillis());
  }

  static String overlayName() {
    return NAME;
  }

  /// How a process at the edge of the city's overlay is set.
  static EdgeSettings edge(String name, List<String> contacts) {
    return EdgeSettings.named(name, contacts).withOverlayName(NAME).withStreams(STREAMS);
  }

  // ---- starting ----

  /// Starts all processes at once and then the peers level by level.
  ///
  /// @throws DemoException when a process cannot be started or a peer does not join
  void start(BooleanSupplier stopped) throws DemoException, InterruptedException {
    for (int index = 0; index < processes.length; index++) {
      startProcess(index);
    }
    long deadline = System.nanoTime() + START_PATIENCE.toNanos();
    // The founder alone, and the rest of the root cell after it.
    for (CityPlan.Peer peer : plan.peersOf(plan.cells().getFirst())) {
      startPeer(peer);
      awaitMembers(List.of(peer), deadline, stopped);
    }
    for (int level = 1; level <= 2; level++) {
      int at = level;
      List<CityPlan.Peer> row =
          plan.peers().stream().filter(peer -> peer.cell().level() == at).toList();
      row.forEach(this::startPeer);
      awaitMembers(row, deadline, stopped);
    }
  }

  private void startProcess(int index) throws DemoException {
    List<String> command = new ArrayList<>(PeerTalk.command(euryale));
    command.addAll(List.of("--wait", "--settings", settingsFile.toString()));
    try {
      ChildProcess child = ChildProcess.start(index, command, this);
      synchronized (this) {
        processes[index] = child;
        frozen[index] = false;
        if (parted >= 0) {
          child.tell(PeerTalk.cut(cutFrom(index)));
        }
      }
    } catch (IOException e) {
      throw DemoException.environment("A process for peers cannot be started: " + e.getMessage());
    }
  }

  private synchronized void startPeer(CityPlan.Peer peer) {
    ChildProcess child = processes[peer.process()];
    Seat seat = seat(peer.name());
    if (child != null) {
      seat.meant = true;
      seat.started = true;
      seat.startedNanos = System.nanoTime();
      child.tell(PeerTalk.start(peer.name(), contacts(peer), peer.cell().id()));
    }
  }

  private synchronized void awaitMembers(
      List<CityPlan.Peer> row, long deadline, BooleanSupplier stopped)
      throws DemoException, InterruptedException {
    while (!stopped.getAsBoolean()) {
      List<String> missing =
          row.stream().map(CityPlan.Peer::name).filter(name -> seat(name).cell == null).toList();
      if (missing.isEmpty()) {
        return;
      }
      if (unexpectedEnds > 0) {
        throw DemoException.environment("A process with peers has ended: " + lastComplaint);
      }
      if (System.nanoTime() - deadline > 0) {
        throw DemoException.environment(
            "%d peers, such as %s, did not join within %d s%s."
                .formatted(
                    missing.size(),
                    missing.getFirst(),
                    START_PATIENCE.toSeconds(),
                    lastComplaint.isEmpty()
                        ? "; is the machine very busy?"
                        : ": " + lastComplaint));
      }
      wait(50);
    }
  }

  /// Where a peer asks for its place: at peers of the control centre, or of the lines.
  private List<String> contacts(CityPlan.Peer of) {
    return seats.values().stream()
        .filter(
            seat -> !seat.peer.equals(of) && seat.cell != null && isRunning(seat.peer.process()))
        .map(seat -> seat.contact)
        .filter(contact -> contact != null)
        .limit(MOST_CONTACTS)
        .toList();
  }

  private Seat seat(String name) {
    Seat seat = seats.get(name);
    if (seat == null) {
      throw new IllegalArgumentException("There is no peer " + name + ".");
    }
    return seat;
  }

  private boolean isRunning(int process) {
    return processes[process] != null && !frozen[process];
  }

  // ---- what the children say ----

  @Override
  public synchronized void line(ChildProcess child, String line) {
    PeerTalk.Event event = PeerTalk.parse(line);
    if (event == null) {
      return;
    }
    if (event.event().equals("error")) {
      lastComplaint = event.text();
    }
    if (event.event().equals("memory") && child == processes[0]) {
      heapOfFirst = event.bytes();
    }
    Seat seat = seats.get(event.peer());
    if (seat == null || processes[seat.peer.process()] != child || !seat.started) {
      return;
    }
    if (event.event().equals("member") || event.event().equals("seeking")) {
      seat.cell = event.cell();
      if (event.contact() != null) {
        seat.contact = event.contact();
      }
    }
    notifyAll();
  }

  @Override
  public synchronized void ended(ChildProcess child, int exitCode, String complaint) {
    if (!complaint.isEmpty()) {
      lastComplaint = complaint;
    }
    if (processes[child.index()] == child) {
      processes[child.index()] = null;
      forget(child.index());
      unexpectedEnds += closing ? 0 : 1;
    }
    notifyAll();
  }

  private void forget(int process) {
    for (Seat seat : seats.values()) {
      if (seat.peer.process() == process) {
        seat.cell = null;
        seat.started = false;
      }
    }
  }

  // ---- what is done to them ----

  /// Ends one peer as a crash would, without its process.
  ///
  /// @return the peers that fell
  synchronized List<String> reset(String name) {
    Seat seat = seat(name);
    ChildProcess child = processes[seat.peer.process()];
    if (child == null || !seat.started) {
      return List.of();
    }
    child.tell(PeerTalk.kill(name));
    seat.started = false;
    seat.cell = null;
    return List.of(name);
  }

  /// Kills a process with all its peers (SIGKILL).
  synchronized List<String> kill(int process) {
    ChildProcess child = processes[process];
    if (child == null) {
      return List.of();
    }
    List<String> fell = started(process);
    processes[process] = null;
    child.kill();
    forget(process);
    return fell;
  }

  /// Stops a process without ending it (SIGSTOP).
  List<String> freeze(int process) throws InterruptedException {
    return signal(process, "-STOP", true);
  }

  /// Lets a frozen process go on (SIGCONT).
  List<String> thaw(int process) throws InterruptedException {
    return signal(process, "-CONT", false);
  }

  private List<String> signal(int process, String signal, boolean freezes)
      throws InterruptedException {
    long pid;
    List<String> names;
    synchronized (this) {
      ChildProcess child = processes[process];
      if (child == null || frozen[process] == freezes) {
        return List.of();
      }
      pid = child.pid();
      names = started(process);
      frozen[process] = freezes;
    }
    try {
      Process kill = new ProcessBuilder("kill", signal, Long.toString(pid)).start();
      boolean _ = kill.waitFor(2, TimeUnit.SECONDS);
    } catch (IOException _) {
      return List.of();
    }
    return names;
  }

  /// Parts a process from all others: no links between them. There is one partition at a time.
  synchronized void part(int process) {
    parted = process;
    for (int each = 0; each < processes.length; each++) {
      ChildProcess child = processes[each];
      if (child != null) {
        child.tell(PeerTalk.cut(cutFrom(each)));
      }
    }
  }

  /// The peers that those of a process have no links with.
  private List<String> cutFrom(int process) {
    return seats.values().stream()
        .map(seat -> seat.peer)
        .filter(peer -> (peer.process() == parted) != (process == parted))
        .map(CityPlan.Peer::name)
        .toList();
  }

  /// Ends the partition.
  synchronized void heal() {
    parted = -1;
    for (ChildProcess child : processes) {
      if (child != null) {
        child.tell(PeerTalk.cut(List.of()));
      }
    }
  }

  /// Starts again what has ended: processes and peers, each in its cell.
  ///
  /// @return the peers that were started
  List<String> restart() throws DemoException {
    List<String> started = new ArrayList<>();
    for (int index = 0; index < processes.length; index++) {
      boolean gone;
      synchronized (this) {
        gone = processes[index] == null && !closing;
      }
      if (gone) {
        startProcess(index);
      }
    }
    synchronized (this) {
      for (Seat seat : seats.values()) {
        if (seat.meant && !seat.started && isRunning(seat.peer.process())) {
          startPeer(seat.peer);
          started.add(seat.peer.name());
        }
      }
    }
    return started;
  }

  private List<String> started(int process) {
    return seats.values().stream()
        .filter(seat -> seat.peer.process() == process && seat.started)
        .map(seat -> seat.peer.name())
        .toList();
  }

  // ---- how they are ----

  /// Whether every peer has a place, and there is no partition.
  synchronized boolean isWhole() {
    return seats.values().stream().allMatch(seat -> seat.cell != null) && parted < 0;
  }

  /// Whether every peer has a place, and those of the first process live for at least so long.
  synchronized boolean isWholeAndFirstLives(Duration atLeast, long nowNanos) {
    return isWhole()
        && seats.values().stream()
            .filter(seat -> seat.peer.process() == 0)
            .allMatch(seat -> nowNanos - seat.startedNanos >= atLeast.toNanos());
  }

  /// A peer that is in another cell than the plan's, while there is room in that; "" for none.
  synchronized String astray() {
    Map<String, Integer> members = new HashMap<>();
    for (Seat seat : seats.values()) {
      String cell = seat.cell;
      if (cell != null) {
        members.merge(cell, 1, Integer::sum);
      }
    }
    return seats.values().stream()
        .filter(seat -> seat.cell != null && !seat.peer.cell().id().equals(seat.cell))
        .filter(seat -> members.getOrDefault(seat.peer.cell().id(), 0) <= plan.peersPerCell())
        .map(seat -> seat.peer.name())
        .findFirst()
        .orElse("");
  }

  synchronized boolean isStarted(String name) {
    return seat(name).started;
  }

  /// Where some peers listen, for sensors: those of the cells, in order.
  synchronized List<String> contacts(List<CityPlan.Cell> cells) {
    List<String> contacts = new ArrayList<>();
    for (CityPlan.Cell cell : cells) {
      for (Seat seat : seats.values()) {
        String contact = seat.contact;
        if (seat.peer.cell().equals(cell) && contact != null && seat.cell != null) {
          contacts.add(contact);
        }
      }
    }
    return contacts;
  }

  /// State of a process for people: `running`, `frozen`, `parted` or `ended`.
  synchronized String state(int process) {
    if (processes[process] == null) {
      return "ended";
    }
    return frozen[process] ? "frozen" : parted == process ? "parted" : "running";
  }

  /// Processes that ended and nobody had killed them.
  synchronized long unexpectedEnds() {
    return unexpectedEnds;
  }

  /// What went wrong last in a process; "" when nothing did.
  synchronized String lastComplaint() {
    return lastComplaint;
  }

  /// How many processes with peers there are when all run.
  int processes() {
    return processes.length;
  }

  /// Numbers of the processes that run, at the operating system.
  synchronized List<Long> pids() {
    List<Long> pids = new ArrayList<>();
    for (ChildProcess child : processes) {
      if (child != null) {
        pids.add(child.pid());
      }
    }
    return pids;
  }

  /// Asks what the heap of the first process holds after a collection.
  synchronized void askHeapOfFirst() {
    heapOfFirst = 0;
    ChildProcess first = processes[0];
    if (first != null && !frozen[0]) {
      first.tell(PeerTalk.memory());
    }
  }

  /// The answer, in bytes; 0 when there is none.
  synchronized long heapOfFirst() {
    return heapOfFirst;
  }

  @Override
  public void close() {
    List<ChildProcess> running = new ArrayList<>();
    synchronized (this) {
      closing = true;
      for (ChildProcess child : processes) {
        if (child != null) {
          running.add(child);
        }
      }
    }
    // Their leave in order is not what is shown here, and would take its time.
    running.forEach(ChildProcess::kill);
    try {
      for (ChildProcess child : running) {
        boolean _ = child.awaitEnd(END_PATIENCE);
      }
      Files.deleteIfExists(settingsFile);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (IOException _) {
      // A file in the folder for temporary ones.
    }
  }
}
