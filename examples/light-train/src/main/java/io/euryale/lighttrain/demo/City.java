package io.euryale.lighttrain.demo;

import io.euryale.lighttrain.demo.DemoView.CellShown;
import io.euryale.lighttrain.demo.DemoView.PeerShown;
import io.euryale.lighttrain.demo.DemoView.PeerState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The overlay of the demo: its processes, and what each peer was last heard to be doing. Threads
/// of the children report under this object's lock; everything else is called by the demo's
/// thread.
final class City implements ChildProcess.Listener, AutoCloseable {

  /// A machine that takes longer to start one peer cannot run the demo.
  private static final Duration START_PATIENCE = Duration.ofSeconds(30);

  private static final Duration END_PATIENCE = Duration.ofSeconds(2);
  private static final int MOST_CONTACTS = 8;

  private final List<String> command;
  private final List<Peer> peers = new ArrayList<>();
  private final Map<String, Peer> byName = new HashMap<>();
  private final @Nullable ChildProcess[] processes;
  private final ConcurrentLinkedQueue<String> news = new ConcurrentLinkedQueue<>();
  private String lastComplaint = "";
  private boolean closing;
  private double endedCpuSeconds;

  /// One peer; guarded by the city's lock.
  private static final class Peer {
    final int seat;
    final String name;
    final int process;
    PeerState state = PeerState.DOWN;
    @Nullable String cell;
    @Nullable String contact;

    Peer(int seat, String name, int process) {
      this.seat = seat;
      this.name = name;
      this.process = process;
    }
  }

  /// @param command runs the `euryale` command line
  City(Placement placement, List<String> command) {
    this.command = List.copyOf(command);
    processes = new @Nullable ChildProcess[placement.processes()];
    for (int seat = 0; seat < Placement.PEERS; seat++) {
      Peer peer = new Peer(seat, Placement.name(seat), placement.process(seat));
      peers.add(peer);
      byName.put(peer.name, peer);
    }
  }

  // ---- starting ----

  /// Starts all processes at once and then the peers in the order of their seats, each when the one
  /// before has its place: so the order of the joins is the order of the seats.
  ///
  /// @throws DemoException when a process cannot be started or a peer does not join
  void start(BooleanSupplier stopped) throws DemoException, InterruptedException {
    for (int index = 0; index < processes.length; index++) {
      startProcess(index);
    }
    for (Peer peer : peers) {
      startPeer(peer);
      if (!await(() -> peer.state == PeerState.UP, START_PATIENCE, stopped)) {
        if (stopped.getAsBoolean()) {
          return;
        }
        String reason = lastComplaint();
        throw DemoException.environment(
            "The peer %s did not join within %d s%s."
                .formatted(
                    peer.name,
                    START_PATIENCE.toSeconds(),
                    reason.isEmpty() ? "; is the machine very busy?" : ": " + reason));
      }
    }
    if (!stopped.getAsBoolean() && !isWhole()) {
      throw DemoException.environment(
          "The peers joined, but not as a tree of 1, 2 and 4 cells with 2 peers each: " + shape());
    }
  }

  private void startProcess(int index) throws DemoException {
    try {
      ChildProcess child = ChildProcess.start(index, PeerTalk.command(command), this);
      synchronized (this) {
        processes[index] = child;
      }
    } catch (IOException e) {
      throw DemoException.environment("A process for peers cannot be started: " + e.getMessage());
    }
  }

  private synchronized void startPeer(Peer peer) {
    ChildProcess child = processes[peer.process];
    if (child != null) {
      peer.state = PeerState.JOINING;
      child.tell(PeerTalk.start(peer.name, contacts(peer)));
    }
  }

  /// Where a peer asks for its place: at those that are up, the ones near the root first.
  private List<String> contacts(Peer of) {
    List<String> contacts = new ArrayList<>();
    for (Peer peer : byLevel()) {
      String contact = peer.contact;
      if (peer != of && peer.state == PeerState.UP && contact != null) {
        contacts.add(contact);
      }
    }
    return contacts.subList(0, Math.min(MOST_CONTACTS, contacts.size()));
  }

  private List<Peer> byLevel() {
    return peers.stream()
        .sorted(Comparator.<Peer>comparingInt(City::level).thenComparingInt(peer -> peer.seat))
        .toList();
  }

  private static int level(Peer peer) {
    String cell = peer.cell;
    return cell == null ? Placement.LEVELS : level(cell);
  }

  private static int level(String cell) {
    return (int) cell.chars().filter(c -> c == '.').count();
  }

  // ---- what the children say ----

  @Override
  public synchronized void line(ChildProcess child, String line) {
    PeerTalk.Event event = PeerTalk.parse(line);
    if (event != null && event.event().equals("error")) {
      lastComplaint = event.text();
      news.add("process " + (child.index() + 1) + ": " + event.text());
    }
    Peer peer = event == null ? null : byName.get(event.peer());
    if (event == null || peer == null || processes[peer.process] != child) {
      return;
    }
    if (event.contact() != null) {
      peer.contact = event.contact();
    }
    if (peer.state == PeerState.DOWN) {
      return; // The last words of a life that was ended.
    }
    PeerState before = peer.state;
    peer.cell = event.cell();
    peer.state = event.cell() == null ? PeerState.JOINING : PeerState.UP;
    if (before == PeerState.UP && peer.state == PeerState.JOINING) {
      news.add(peer.name + " lost its place and looks for another");
    }
    notifyAll();
  }

  @Override
  public synchronized void ended(ChildProcess child, int exitCode, String complaint) {
    if (!complaint.isEmpty()) {
      lastComplaint = complaint;
    }
    if (processes[child.index()] != child) {
      return;
    }
    processes[child.index()] = null;
    peers.stream().filter(peer -> peer.process == child.index()).forEach(City::down);
    if (!closing) {
      news.add(
          "process %d ended unexpectedly with exit code %d %s"
              .formatted(child.index() + 1, exitCode, complaint));
    }
    notifyAll();
  }

  private static void down(Peer peer) {
    peer.state = PeerState.DOWN;
    peer.cell = null;
  }

  private synchronized String lastComplaint() {
    return lastComplaint;
  }

  /// What happened that nobody ordered, a line each; each is told once.
  List<String> news() {
    List<String> told = new ArrayList<>();
    for (String line = news.poll(); line != null; line = news.poll()) {
      told.add(line);
    }
    return told;
  }

  /// Waits for something that the children bring about.
  private synchronized boolean await(
      BooleanSupplier condition, Duration patience, BooleanSupplier stopped)
      throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      long left = deadline - System.nanoTime();
      if (left <= 0 || stopped.getAsBoolean()) {
        return false;
      }
      wait(Math.clamp(left / 1_000_000, 1, 50));
    }
    return true;
  }

  // ---- faults ----

  /// Kills a peer of the level that is meant, or its whole process, if the cells it hits are whole:
  /// no cell ever lacks both its peers.
  ///
  /// @return the names of the peers that fell; empty when nobody could be hit now
  synchronized List<String> inject(FaultPlan.Fault fault) {
    List<Peer> candidates = new ArrayList<>();
    candidates.add(peers.get(fault.seat()));
    candidates.addAll(peers);
    for (Peer victim : candidates) {
      if (victim.state == PeerState.UP && level(victim) == fault.level()) {
        List<Peer> falling = falling(victim, fault.kind());
        if (falling.stream().allMatch(this::cellIsWhole)
            && inDifferentCells(falling)
            && !isStartingPeers(victim.process)) {
          fell(victim, falling, fault.kind());
          return falling.stream().map(peer -> peer.name).toList();
        }
      }
    }
    return List.of();
  }

  private List<Peer> falling(Peer victim, FaultPlan.Kind kind) {
    return switch (kind) {
      case RESET -> List.of(victim);
      case PROCESS -> peers.stream().filter(peer -> peer.process == victim.process).toList();
    };
  }

  private void fell(Peer victim, List<Peer> falling, FaultPlan.Kind kind) {
    ChildProcess child = processes[victim.process];
    if (child != null) {
      switch (kind) {
        case RESET -> child.tell(PeerTalk.kill(victim.name));
        case PROCESS -> {
          endedCpuSeconds += child.cpuTime().toMillis() / 1000.0;
          processes[victim.process] = null;
          child.kill();
        }
      }
    }
    falling.forEach(City::down);
  }

  /// While a process waits for a peer to join, it does not hear a command to kill another.
  private boolean isStartingPeers(int process) {
    return peers.stream()
        .anyMatch(peer -> peer.process == process && peer.state == PeerState.JOINING);
  }

  private boolean cellIsWhole(Peer of) {
    String cell = of.cell;
    return cell != null
        && peers.stream()
                .filter(peer -> peer.state == PeerState.UP && cell.equals(peer.cell))
                .count()
            == Placement.CELL_MEMBERS;
  }

  private static boolean inDifferentCells(List<Peer> some) {
    return some.stream().map(peer -> String.valueOf(peer.cell)).distinct().count() == some.size();
  }

  /// Starts the peers that are down, in a new process where theirs is gone.
  ///
  /// @throws DemoException when a process cannot be started
  void restartFallen() throws DemoException {
    for (Peer peer : peers) {
      boolean down;
      boolean processGone;
      synchronized (this) {
        down = peer.state == PeerState.DOWN;
        processGone = processes[peer.process] == null;
      }
      if (down) {
        if (processGone) {
          startProcess(peer.process);
        }
        startPeer(peer);
      }
    }
  }

  // ---- what is known ----

  /// Whether any peer is down and nobody has started it again.
  synchronized boolean hasFallen() {
    return peers.stream().anyMatch(peer -> peer.state == PeerState.DOWN);
  }

  /// Whether all peers are members and every cell has all of its.
  synchronized boolean isWhole() {
    Map<String, Integer> cells = new TreeMap<>();
    peers.stream()
        .filter(peer -> peer.state == PeerState.UP)
        .forEach(peer -> cells.merge(String.valueOf(peer.cell), 1, Integer::sum));
    return cells.size() == Placement.CELLS
        && cells.values().stream().allMatch(members -> members == Placement.CELL_MEMBERS);
  }

  /// The cells and who was last heard to be in them.
  synchronized String shape() {
    Map<String, List<String>> cells = new TreeMap<>();
    peers.forEach(
        peer ->
            cells
                .computeIfAbsent(String.valueOf(peer.cell), _ -> new ArrayList<>())
                .add(peer.name));
    return cells.toString();
  }

  /// The control addresses of all peers that are up, those of the root cell first.
  synchronized List<String> contacts() {
    List<String> contacts = new ArrayList<>();
    for (Peer peer : byLevel()) {
      String contact = peer.contact;
      if (peer.state == PeerState.UP && contact != null) {
        contacts.add(contact);
      }
    }
    return contacts;
  }

  /// The control addresses of a peer and then of the other in its cell.
  synchronized List<String> contactsOfCell(int seat) {
    Peer own = peers.get(seat);
    List<String> contacts = new ArrayList<>();
    String first = own.contact;
    if (first != null) {
      contacts.add(first);
    }
    for (Peer peer : peers) {
      String contact = peer.contact;
      if (peer != own && own.cell != null && own.cell.equals(peer.cell) && contact != null) {
        contacts.add(contact);
      }
    }
    return contacts;
  }

  /// The tree for the view. A peer that is down stands where its cell lacks one.
  synchronized List<CellShown> cells() {
    Map<String, List<PeerShown>> members = new LinkedHashMap<>();
    List<Peer> homeless = new ArrayList<>();
    for (String cell : List.of("0", "0.0", "0.1", "0.0.0", "0.0.1", "0.1.0", "0.1.1")) {
      members.put(cell, new ArrayList<>());
    }
    for (Peer peer : peers) {
      List<PeerShown> cell = peer.cell == null ? null : members.get(peer.cell);
      if (cell == null) {
        homeless.add(peer);
      } else {
        cell.add(shown(peer));
      }
    }
    members.values().stream()
        .filter(cell -> cell.size() < Placement.CELL_MEMBERS && !homeless.isEmpty())
        .forEach(cell -> cell.add(shown(homeless.removeFirst())));
    List<CellShown> cells = new ArrayList<>();
    // Depth-first, so that the indentation shows the tree.
    new TreeMap<>(members).forEach((id, of) -> cells.add(new CellShown(id, level(id), of)));
    return cells;
  }

  private static PeerShown shown(Peer peer) {
    return new PeerShown(peer.name, peer.process + 1, peer.state);
  }

  /// Processor time of all processes there were, as far as the system says.
  synchronized double cpuSeconds() {
    double seconds = endedCpuSeconds;
    for (ChildProcess child : processes) {
      seconds += child == null ? 0 : child.cpuTime().toMillis() / 1000.0;
    }
    return seconds;
  }

  /// The largest memory of the processes there are, in MiB, as far as the system says.
  synchronized double residentMebibytes() {
    double mebibytes = 0;
    for (ChildProcess child : processes) {
      mebibytes += child == null ? 0 : child.residentMebibytes();
    }
    return mebibytes;
  }

  // ---- ending ----

  /// Ends all processes: politely, and after a while by force.
  @Override
  public void close() {
    List<ChildProcess> children = new ArrayList<>();
    synchronized (this) {
      closing = true;
      for (ChildProcess child : processes) {
        if (child != null) {
          children.add(child);
        }
      }
    }
    children.forEach(child -> child.tell(PeerTalk.quit()));
    children.forEach(ChildProcess::close);
    long deadline = System.nanoTime() + END_PATIENCE.toNanos();
    try {
      for (ChildProcess child : children) {
        child.awaitEnd(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      children.stream().filter(ChildProcess::isAlive).forEach(ChildProcess::kill);
    }
  }
}
