package io.euryale.console;

import io.euryale.group.Configuration;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.peer.group.GroupPeer;
import io.euryale.peer.group.GroupPeerListener;
import io.euryale.peer.group.GroupPeerStatus;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Prints what happens to a member, on a thread of its own: the control loop must not wait for
/// whoever reads. Lines that find no room are left out.
final class GroupPeerPrinter implements GroupPeerListener, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(GroupPeerPrinter.class);
  private static final int WAITING_LINES = 1_000;
  private static final long PATIENCE_SECONDS = 2;

  private final PrintWriter out;
  private final boolean json;
  private final Runnable onFailure;
  private final ThreadPoolExecutor printing;
  private final CountDownLatch started = new CountDownLatch(1);
  private volatile @Nullable Throwable failure;
  private volatile String saidLast = "";
  private long suspicionsSeen;

  /// @param onFailure told when the member stopped by itself
  GroupPeerPrinter(PrintWriter out, boolean json, Runnable onFailure) {
    this.out = out;
    this.json = json;
    this.onFailure = onFailure;
    printing =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING_LINES),
            work -> Thread.ofPlatform().name("euryale-output").daemon().unstarted(work),
            new ThreadPoolExecutor.DiscardPolicy());
    printing.execute(this::awaitStart);
  }

  private void print(Map<String, Object> line, String text) {
    printing.execute(() -> write(line, text));
  }

  private void write(Map<String, Object> line, String text) {
    out.println(json ? Json.line(line) : text);
    out.flush();
  }

  /// Keeps back what happens until it is said who it happens to.
  private void awaitStart() {
    try {
      started.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  void started(GroupPeer peer) {
    Map<String, Object> line = GroupText.event("started");
    line.put("peer", peer.self().id().toString());
    line.put("host", peer.self().endpoint().host());
    line.put("control", peer.self().endpoint().controlPort());
    line.put("alarm", peer.self().endpoint().alarmPort());
    line.put("critical", peer.self().endpoint().criticalPort());
    line.put("normal", peer.self().endpoint().normalPort());
    String socket = peer.settings().sessions().socket();
    line.put("socket", socket);
    write(
        line,
        "started %s at %s%s"
            .formatted(
                peer.self().id(),
                peer.self().endpoint(),
                socket.isEmpty() ? ", without sessions" : ", sessions at " + socket));
    started.countDown();
  }

  @Override
  public void installed(Configuration configuration, Duration took) {
    Map<String, Object> line = GroupText.event("configuration");
    line.put("kind", configuration.isRegular() ? "regular" : "transitional");
    line.put("configuration", configuration.id().toString());
    line.put("members", configuration.members().stream().map(PeerId::toString).toList());
    double millis = took.toNanos() / 1e6;
    line.put("took_ms", millis);
    print(
        line,
        configuration.isRegular()
            ? String.format(
                Locale.ROOT,
                "configuration %s: %s (%.1f ms)",
                configuration.id(),
                GroupText.names(configuration.members()),
                millis)
            : "transitional %s: %s"
                .formatted(configuration.id(), GroupText.names(configuration.members())));
  }

  @Override
  public void primary(long index, List<PeerName> members) {
    saidLast = "";
    Map<String, Object> line = GroupText.event("primary");
    line.put("primary", true);
    line.put("index", index);
    line.put("members", members.stream().map(PeerName::value).toList());
    print(line, "primary component %d: %s".formatted(index, GroupText.names(members)));
  }

  @Override
  public void primaryLost() {
    Map<String, Object> line = GroupText.event("primary");
    line.put("primary", false);
    print(line, "not in the primary component: the configuration is changing");
  }

  @Override
  public void verdict(String sentence) {
    if (sentence.equals(saidLast)) {
      return; // Every exchange says it again.
    }
    saidLast = sentence;
    Map<String, Object> line = GroupText.event("verdict");
    line.put("text", sentence);
    print(line, "primary: " + sentence);
  }

  @Override
  public void failed(Throwable cause) {
    failure = cause;
    onFailure.run();
  }

  /// Prints those that are new.
  void suspicions(GroupPeerStatus status) {
    for (GroupPeerStatus.Suspicion suspicion :
        GroupWatch.newSuspicions(status.suspicions(), status.suspicionCount() - suspicionsSeen)) {
      Map<String, Object> line = GroupText.event("suspicion");
      line.put("peer", suspicion.peer());
      line.put("reason", suspicion.reason());
      line.put("at", suspicion.wallMillis());
      print(line, "suspects %s: %s".formatted(suspicion.peer(), suspicion.reason()));
      LOG.atWarn()
          .addKeyValue("peer", status.self().name().value())
          .addKeyValue("event", "suspicion")
          .addKeyValue("suspect", suspicion.peer())
          .log("Suspects {}: {}", suspicion.peer(), suspicion.reason());
    }
    suspicionsSeen = status.suspicionCount();
  }

  /// Where operators look.
  void operated(Map<String, Object> line) {
    print(line, "http at %s:%s".formatted(line.get("host"), line.get("port")));
  }

  void ended() {
    print(GroupText.event("ended"), "left");
  }

  /// Why the member stopped by itself; null when it did not.
  @Nullable Throwable failure() {
    return failure;
  }

  @Override
  public void close() {
    started.countDown();
    printing.shutdown();
    try {
      boolean _ = printing.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
