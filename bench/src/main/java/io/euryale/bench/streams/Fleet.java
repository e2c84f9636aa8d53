package io.euryale.bench.streams;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.euryale.bench.BenchException;
import io.euryale.bench.Child;
import io.euryale.bench.SmallJvm;
import io.euryale.overlay.OverlayStatus;
import io.euryale.peer.Client;
import io.euryale.peer.EdgeSettings;
import io.euryale.peer.RefusedException;
import io.euryale.platform.Loops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The peers, each in a process of its own, started by the same command line as anybody's.
final class Fleet implements AutoCloseable {

  private static final Duration START_PATIENCE = Duration.ofMinutes(2);
  private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(2);
  private static final Duration COUNTS_PATIENCE = Duration.ofSeconds(15);
  private static final long LOOK_AGAIN_MILLIS = 50;
  private static final int MOST_CONTACTS = 6;
  private static final ObjectMapper JSON = new ObjectMapper();

  /// The name of the client that asks for the tree.
  static final String WATCH = "bench-watch";

  private final String mainClass;
  private final String keyDirectory;
  private final Shape shape;
  private final Map<String, Seat> seats = new LinkedHashMap<>();
  private final Loops loops = new Loops();
  private @Nullable Client watch;

  /// Directory with the settings of each peer; null when all have the defaults.
  private @Nullable Path settings;

  /// One peer's process. What it says comes on a thread of its own, so fields are guarded by this.
  private static final class Seat {
    private final String name;
    private @Nullable Child child;
    private @Nullable String contact;
    private @Nullable JsonNode status;
    private boolean killed;

    Seat(String name) {
      this.name = name;
    }

    synchronized void said(JsonNode line) {
      String event = line.path("event").asText("");
      if (event.equals("member")) {
        contact = line.path("host").asText() + ":" + line.path("control").asInt();
      } else if (event.equals("status")) {
        status = line;
      }
    }

    synchronized void starts(Child now) {
      child = now;
      killed = false;
    }

    /// A process that was told to end may live on for some milliseconds.
    synchronized boolean isGone() {
      Child now = child;
      return killed || (now != null && !now.isAlive());
    }

    synchronized void killed() {
      killed = true;
      contact = null;
      status = null;
    }

    synchronized @Nullable Child child() {
      return child;
    }

    synchronized @Nullable String contact() {
      return contact;
    }

    synchronized @Nullable JsonNode takeStatus() {
      JsonNode taken = status;
      status = null;
      return taken;
    }
  }

  private Fleet(String mainClass, String keyDirectory, Shape shape, int peers) {
    this.mainClass = mainClass;
    this.keyDirectory = keyDirectory;
    this.shape = shape;
    for (int peer = 0; peer < peers; peer++) {
      Seat seat = new Seat(name(peer));
      seats.put(seat.name, seat);
    }
  }

  /// The name of a peer, from 0.
  static String name(int peer) {
    return "peer-%02d".formatted(peer);
  }

  /// Starts all peers of a tree without keys and waits until they form it.
  static Fleet start(String mainClass, Shape shape) throws BenchException, InterruptedException {
    return start(new Fleet(mainClass, "", shape, shape.peers()));
  }

  /// Starts all peers of the tree of [0 §IV] with keys.
  ///
  /// @param mainClass runs the `euryale` command line
  /// @param keyDirectory with the keys of all peers and of [#WATCH]; "" for none
  static Fleet start(String mainClass, String keyDirectory)
      throws BenchException, InterruptedException {
    return start(new Fleet(mainClass, keyDirectory, Shape.PAPER, Shape.PAPER.peers()));
  }

  /// Starts fewer peers than that, without keys: the first of the tree.
  static Fleet start(String mainClass, int peers) throws BenchException, InterruptedException {
    return start(new Fleet(mainClass, "", Shape.PAPER, peers));
  }

  private static Fleet start(Fleet fleet) throws BenchException, InterruptedException {
    boolean started = false;
    try {
      fleet.writeSettings();
      fleet.startAll();
      started = true;
      return fleet;
    } catch (RefusedException e) {
      throw BenchException.missed(String.valueOf(e.getMessage()));
    } finally {
      if (!started) {
        fleet.close();
      }
    }
  }

  private void writeSettings() throws BenchException {
    if (shape.equals(Shape.PAPER)) {
      return; // The settings that everybody starts with.
    }
    try {
      Path directory = Files.createTempDirectory("euryale-bench");
      settings = directory;
      for (Seat seat : seats.values()) {
        Files.writeString(settingsOf(directory, seat), shape.settings(seat.name));
      }
    } catch (IOException e) {
      throw BenchException.environment(
          "No temporary files can be written: " + e.getMessage() + ".");
    }
  }

  private static Path settingsOf(Path directory, Seat seat) {
    return directory.resolve(seat.name + ".yaml");
  }

  private void startAll() throws BenchException, InterruptedException {
    long deadline = System.nanoTime() + START_PATIENCE.toNanos();
    Seat founder = seats.values().iterator().next();
    launch(founder, List.of());
    while (founder.contact() == null) {
      checkAlive(founder);
      checkTime(deadline, "the first peer has not said where it listens");
      Thread.sleep(LOOK_AGAIN_MILLIS);
    }
    for (Seat seat : seats.values()) {
      if (seat != founder) {
        launch(seat, contacts());
      }
    }
    watch = connect(START_PATIENCE);
    awaitWhole(deadline);
  }

  private Client connect(Duration patience) throws InterruptedException {
    return Client.connect(
        EdgeSettings.named(WATCH, contacts()).withKeyDirectory(keyDirectory),
        loops,
        null,
        patience);
  }

  private void launch(Seat seat, List<String> contacts) throws BenchException {
    List<String> arguments =
        new ArrayList<>(List.of("peer", "--output", "json", "--control", "stdin"));
    arguments.addAll(List.of("--name", seat.name));
    Path directory = settings;
    if (directory != null) {
      arguments.addAll(List.of("--settings", settingsOf(directory, seat).toString()));
    }
    if (!keyDirectory.isEmpty()) {
      arguments.addAll(List.of("--keys", keyDirectory));
    }
    contacts.forEach(contact -> arguments.addAll(List.of("--join", contact)));
    seat.starts(
        Child.start(seat.name, SmallJvm.command(mainClass, arguments), line -> hear(seat, line)));
  }

  private static void hear(Seat seat, String line) {
    try {
      JsonNode node = JSON.readTree(line);
      if (node != null && node.isObject()) {
        seat.said(node);
      }
    } catch (JsonProcessingException _) {
      // Not a line for programs.
    }
  }

  private List<String> contacts() {
    return seats.values().stream()
        .map(Seat::contact)
        .filter(contact -> contact != null)
        .limit(MOST_CONTACTS)
        .toList();
  }

  private static void checkAlive(Seat seat) throws BenchException {
    Child child = seat.child();
    if (child != null && !child.isAlive()) {
      throw BenchException.environment(
          "The process of " + seat.name + " ended at once: " + child.complaint());
    }
  }

  private static void checkTime(long deadlineNanos, String what) throws BenchException {
    if (System.nanoTime() - deadlineNanos > 0) {
      throw BenchException.missed(
          "After %d s %s; is the machine very busy?".formatted(START_PATIENCE.toSeconds(), what));
    }
  }

  /// Waits until all peers have their places and parents.
  Topology awaitWhole() throws BenchException, InterruptedException {
    return awaitWhole(System.nanoTime() + START_PATIENCE.toNanos());
  }

  private Topology awaitWhole(long deadlineNanos) throws BenchException, InterruptedException {
    while (true) {
      Optional<Topology> now = topology();
      if (now.isPresent() && now.get().isWhole(shape, seats.size())) {
        return now.get();
      }
      for (Seat seat : seats.values()) {
        checkAlive(seat);
      }
      checkTime(
          deadlineNanos,
          "the peers do not form a tree of "
              + shape.text()
              + " but of "
              + now.map(Topology::shape).orElse("an unknown shape"));
      Thread.sleep(LOOK_AGAIN_MILLIS);
    }
  }

  /// The tree as the root coordinator sees it now; empty while it cannot be asked.
  Optional<Topology> topology() throws InterruptedException {
    return status().map(Topology::of);
  }

  /// What the root coordinator tells now; empty while it cannot be asked.
  Optional<OverlayStatus> status() throws InterruptedException {
    try {
      Client asks = watch;
      if (asks == null) {
        asks = connect(ANSWER_PATIENCE);
        watch = asks;
      }
      OverlayStatus status = asks.status(ANSWER_PATIENCE);
      return status.complete() ? Optional.of(status) : Optional.empty();
    } catch (RefusedException _) {
      // All peers that it has heard of may have been killed, and be back with other ports.
      Client before = watch;
      watch = null;
      if (before != null) {
        before.close();
      }
      return Optional.empty();
    }
  }

  /// The processes that live.
  List<Child> processes() {
    List<Child> live = new ArrayList<>();
    for (Seat seat : seats.values()) {
      Child child = seat.child();
      if (child != null && child.isAlive()) {
        live.add(child);
      }
    }
    return live;
  }

  /// The process of a peer; empty when it has ended.
  Optional<Child> process(String peer) {
    Seat seat = seats.get(peer);
    return Optional.ofNullable(seat == null ? null : seat.child()).filter(Child::isAlive);
  }

  /// Sends SIGKILL to a peer and returns at once.
  void kill(String peer) {
    Seat seat = seats.get(peer);
    Child child = seat == null ? null : seat.child();
    if (seat != null && child != null) {
      child.kill();
      seat.killed();
    }
  }

  /// Starts every peer again whose process has ended.
  void restart() throws BenchException {
    for (Seat seat : seats.values()) {
      Child child = seat.child();
      if (child != null && seat.isGone()) {
        child.close();
        launch(seat, contacts());
      }
    }
  }

  /// What all peers counted between two answers of theirs.
  ///
  /// @param before their earlier [#counts]
  PeerCounts countsSince(PeerCounts before) throws BenchException, InterruptedException {
    PeerCounts after = counts();
    // The answer costs some memory of the loops too: as much as it costs to ask once more.
    long answer = counts().minus(after).allocatedBytes();
    PeerCounts all = after.minus(before);
    return new PeerCounts(
        all.forwarded(),
        all.copies(),
        all.agreedConfigurations(),
        Math.max(0, all.allocatedBytes() - answer));
  }

  /// What all peers together have counted so far.
  PeerCounts counts() throws BenchException, InterruptedException {
    PeerCounts sum = PeerCounts.NONE;
    for (JsonNode status : statuses().values()) {
      sum = sum.plus(PeerCounts.of(status));
    }
    return sum;
  }

  /// What each peer says of itself, by its name.
  Map<String, JsonNode> statuses() throws BenchException, InterruptedException {
    for (Seat seat : seats.values()) {
      Child child = seat.child();
      if (child != null) {
        JsonNode _ = seat.takeStatus();
        child.tell("status");
      }
    }
    long deadline = System.nanoTime() + COUNTS_PATIENCE.toNanos();
    Map<String, JsonNode> statuses = new LinkedHashMap<>();
    for (Seat seat : seats.values()) {
      JsonNode status = seat.takeStatus();
      while (status == null) {
        if (System.nanoTime() - deadline > 0) {
          throw BenchException.missed(seat.name + " did not answer the command 'status'.");
        }
        Thread.sleep(1);
        status = seat.takeStatus();
      }
      statuses.put(seat.name, status);
    }
    return statuses;
  }

  /// Ends all peers; the ones that do not end within 3 s are killed.
  @Override
  public void close() {
    Client asks = watch;
    if (asks != null) {
      asks.close();
    }
    loops.close();
    List<Child> children = new ArrayList<>();
    for (Seat seat : seats.values()) {
      Child child = seat.child();
      if (child != null) {
        children.add(child);
      }
    }
    // They need not leave in order: nothing they hold is wanted any more.
    children.forEach(Child::kill);
    children.forEach(Child::close);
    Path directory = settings;
    if (directory != null) {
      try {
        for (Seat seat : seats.values()) {
          Files.deleteIfExists(settingsOf(directory, seat));
        }
        Files.delete(directory);
      } catch (IOException _) {
        // They are small files among temporary ones.
      }
    }
  }
}
