package io.euryale.lab.real;

import io.euryale.group.Configuration;
import io.euryale.group.Delivery;
import io.euryale.group.Service;
import io.euryale.group.Submission;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.Trace;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.link.Keyring;
import io.euryale.link.PeerKey;
import io.euryale.link.StaticKey;
import io.euryale.peer.RefusedException;
import io.euryale.peer.group.GroupPeer;
import io.euryale.peer.group.GroupPeerListener;
import io.euryale.peer.group.GroupPeerSettings;
import io.euryale.platform.Loops;
import io.euryale.platform.Observations;
import io.euryale.platform.TraceFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One member of a [RealGroup] in a process of its own: sends a drawn workload, writes its trace,
/// tells what happens by lines on standard output, and reads one command a line:
///
/// - `send CLASS SERVICE TEXT` submits a message, or lets an application do something in the class
///   that carries named groups;
/// - `quiet` ends the workload, `loud` starts it again;
/// - `mark N` sends a safe message in each class, whose deliveries are told as `mark N COUNT`;
/// - `seal` ends the trace, whatever happens after;
/// - `leave` leaves in order and ends the trace and the process;
/// - `quit`, and the end of the input, end the process at once.
///
/// Times in its lines are those of [System#nanoTime], which all processes of a machine share.
public final class Member {

  static final List<TrafficClass> DATA =
      List.of(TrafficClass.ALARM, TrafficClass.CRITICAL, TrafficClass.NORMAL);

  /// Carries named groups and nothing else.
  private static final TrafficClass NAMED = TrafficClass.NORMAL;

  private static final String MARK = "mark ";
  private static final long PORT_PATIENCE_NANOS = Duration.ofSeconds(20).toNanos();

  private final TraceFile file;
  private final Observations observations;
  private final Map<TrafficClass, Submission> down = new ConcurrentHashMap<>();
  private final Map<String, Integer> marks = new TreeMap<>();
  private final Workload workload;
  private final long seed;
  private @Nullable GroupPeer peer;

  /// Of the loop of [#NAMED].
  private volatile @Nullable NamedWorkload named;

  /// Set once; from then on nothing more is traced.
  private volatile boolean sealed;

  private Member(Path trace, long seed, int perSecond) {
    file = TraceFile.open(trace);
    observations = new Observations(this::trace);
    this.seed = seed;
    workload = new Workload(seed, perSecond);
  }

  /// Events get the time of their recording, on the clock that all processes of a machine share:
  /// later than what they follow from, and earlier than what follows from them. Those after the end
  /// of the trace are dropped here and not by the file, which would count them as its loss.
  private void trace(Trace event) {
    if (!sealed) {
      file.accept(
          new Trace(event.step(), System.nanoTime(), event.proc(), event.inc(), event.body()));
    }
  }

  /// Runs a member until it is told to end.
  ///
  /// @param args `key=value` each: `name`, `host`, `port`, `members` (as operators declare them),
  /// `data`, `trace`, `seed`, `rate` (messages a second), `keyed`
  public static void main(String[] args) throws IOException, InterruptedException {
    Map<String, String> given = new LinkedHashMap<>();
    for (String arg : args) {
      int equals = arg.indexOf('=');
      given.put(arg.substring(0, equals), arg.substring(equals + 1));
    }
    long seed = Long.parseLong(text(given, "seed"));
    int perSecond = Integer.parseInt(text(given, "rate"));
    new Member(Path.of(text(given, "trace")), seed, perSecond).run(given);
    // The loops of an unfinished peer must not hold up the end.
    Runtime.getRuntime().halt(0);
  }

  private static String text(Map<String, String> given, String key) {
    String value = given.get(key);
    if (value == null) {
      throw new IllegalArgumentException("A member is started with " + key + "=…");
    }
    return value;
  }

  private void run(Map<String, String> given) throws IOException, InterruptedException {
    List<String> members = List.of(text(given, "members").split(","));
    GroupPeerSettings settings = settings(given, members);
    Keyring keyring =
        text(given, "keyed").equals("true") ? keyring(settings.name(), members) : null;
    Loops loops = new Loops();
    peer = start(settings, keyring, loops);
    say("ready " + peer.self().id().incarnation());
    workload.start(this::submit);
    try (BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      String line = commands.readLine();
      while (line != null && obey(line.split(" ", 4))) {
        line = commands.readLine();
      }
    }
  }

  /// A restarted member's ports may still belong to its former life.
  private GroupPeer start(GroupPeerSettings settings, @Nullable Keyring keyring, Loops loops)
      throws InterruptedException {
    long deadline = System.nanoTime() + PORT_PATIENCE_NANOS;
    while (true) {
      try {
        return GroupPeer.start(settings, keyring, loops, observations, this::open, new Told());
      } catch (RefusedException e) {
        if (e.reason() != RefusedException.Reason.ADDRESS || System.nanoTime() > deadline) {
          throw e;
        }
        Thread.sleep(100);
      }
    }
  }

  private static GroupPeerSettings settings(Map<String, String> given, List<String> members) {
    return GroupPeerSettings.named(text(given, "name"))
        .withOverlayName("laboratory")
        .withHost(text(given, "host"))
        .withControlPort(Integer.parseInt(text(given, "port")))
        .withMembers(members)
        .withDataDirectory(text(given, "data"));
  }

  /// Keys that everybody could guess: they let members leave loopback and keep nothing secret.
  private static Keyring keyring(String name, List<String> members) {
    PeerName self = new PeerName(name);
    Map<PeerName, List<PeerKey>> all = new TreeMap<>();
    StaticKey own = null;
    for (int i = 0; i < members.size(); i++) {
      String entry = members.get(i);
      byte[] random = new byte[32];
      Arrays.fill(random, (byte) (i + 1));
      StaticKey key = StaticKey.of(random);
      PeerName member = new PeerName(entry.substring(0, entry.indexOf('=')));
      all.put(member, List.of(key.publicKey()));
      own = member.equals(self) ? key : own;
    }
    if (own == null) {
      throw new IllegalArgumentException(name + " is not among its members");
    }
    return new Keyring(self, List.of(own), all);
  }

  private Delivery open(TrafficClass trafficClass, PeerId self, Submission submission) {
    if (trafficClass != NAMED) {
      down.put(trafficClass, submission);
      return new Marked();
    }
    NamedWorkload made =
        new NamedWorkload(trafficClass, self, submission, observations, seed, this::marked);
    named = made;
    return made.delivery();
  }

  /// @return false at the end of the process
  private boolean obey(String[] words) {
    GroupPeer running = peer;
    if (running == null) {
      return false;
    }
    switch (words[0]) {
      case "send" ->
          submit(
              TrafficClass.valueOf(words[1].toUpperCase(Locale.ROOT)),
              Service.valueOf(words[2].toUpperCase(Locale.ROOT)),
              words[3].getBytes(StandardCharsets.UTF_8));
      case "quiet" -> workload.quiet(true);
      case "loud" -> workload.quiet(false);
      case "mark" -> {
        byte[] mark = (MARK + words[1]).getBytes(StandardCharsets.UTF_8);
        for (TrafficClass trafficClass : DATA) {
          if (trafficClass != NAMED) {
            submit(trafficClass, Service.SAFE, mark);
          }
        }
        inGroups(running, groups -> groups.mark(ByteBuffer.wrap(mark)));
      }
      case "seal" -> {
        sealed = true;
        file.close();
        say("sealed " + file.lost());
      }
      case "leave" -> {
        workload.quiet(true);
        PeerId self = running.self().id();
        say("leaving " + System.nanoTime());
        running.close();
        observations.record(
            Loops.nowNanos(), self, TraceEvent.of("CRASH", "host", false, "left", true));
        file.close();
        say("left " + file.lost());
        return false;
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private void submit(TrafficClass trafficClass, Service service, byte[] payload) {
    GroupPeer running = peer;
    if (running != null && trafficClass == NAMED) {
      inGroups(running, groups -> groups.act(service, payload));
      return;
    }
    Submission submission = down.get(trafficClass);
    if (running != null && submission != null) {
      boolean _ =
          running.execute(
              trafficClass,
              () -> {
                boolean _ = submission.submit(service, ByteBuffer.wrap(payload));
              });
    }
  }

  private void inGroups(GroupPeer running, Consumer<NamedWorkload> task) {
    NamedWorkload groups = named;
    if (groups != null) {
      boolean _ = running.execute(NAMED, () -> task.accept(groups));
    }
  }

  private void marked(ByteBuffer payload) {
    if (payload.remaining() < MARK.length() || payload.remaining() > 2 * MARK.length()) {
      return;
    }
    String text = StandardCharsets.UTF_8.decode(payload.duplicate()).toString();
    if (text.startsWith(MARK)) {
      synchronized (marks) {
        say(text + " " + marks.merge(text, 1, Integer::sum));
      }
    }
  }

  private static void say(String line) {
    synchronized (System.out) {
      System.out.println(line);
      System.out.flush();
    }
  }

  private static String names(List<?> members) {
    return members.stream().map(Object::toString).collect(Collectors.joining(","));
  }

  /// Counts marks; all else was traced below.
  private final class Marked implements Delivery {
    @Override
    public void regular(long nowNanos, Configuration configuration) {}

    @Override
    public void transitional(long nowNanos, Configuration configuration) {}

    @Override
    public void sent(long nowNanos, long sequence, Service service, ByteBuffer payload) {}

    @Override
    public void message(
        long nowNanos, PeerId sender, long sequence, Service service, ByteBuffer payload) {
      marked(payload);
    }

    @Override
    public void stable(long nowNanos, long sequence) {}

    @Override
    public void writable(long nowNanos) {}
  }

  private static final class Told implements GroupPeerListener {
    @Override
    public void installed(Configuration configuration, Duration took) {
      say(
          "installed %d %s %s %s %d"
              .formatted(
                  System.nanoTime(),
                  configuration.isRegular() ? "REG" : "TRANS",
                  configuration.id(),
                  names(configuration.members()),
                  took.toNanos()));
    }

    @Override
    public void primary(long index, List<PeerName> members) {
      say("primary %d %d %s".formatted(System.nanoTime(), index, names(members)));
    }

    @Override
    public void primaryLost() {
      say("primary-lost " + System.nanoTime());
    }

    @Override
    public void failed(Throwable cause) {
      cause.printStackTrace();
      say("failed " + cause.toString().replace('\n', ' '));
    }
  }
}
