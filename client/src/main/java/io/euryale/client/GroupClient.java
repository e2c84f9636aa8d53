package io.euryale.client;

import io.euryale.client.GroupClientException.Reason;
import io.euryale.client.wire.SessionFrame;
import io.euryale.client.wire.SessionFrame.FromPeer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// An application's session with the peer on its machine. Safe to share between threads.
///
/// ## When the peer goes away
///
/// The client connects again to the same path, for as long as it was told, and joins its groups
/// again: listeners are told [GroupListener#disconnected], then a new first view, or
/// [GroupListener#ended]. Meanwhile sending is refused with `DISCONNECTED`, which is safe to try
/// again. What was accepted before and is not known to be held by everybody fails with
/// `UNKNOWN_OUTCOME`: it may or may not have been delivered, and only the application can tell
/// whether sending it again does harm (number your messages, or ask the state).
public final class GroupClient implements AutoCloseable {

  private static final long FIRST_PAUSE_MILLIS = 20;
  private static final long LONGEST_PAUSE_MILLIS = 1_000;
  private static final long CLOSE_MILLIS = 12_000;

  /// Whether this is the primary component, as the peer sees it.
  ///
  /// @param index number of the primary component seen last
  /// @param verdict why there is none, or that there is one, in one sentence
  public record Primary(boolean isPrimary, long index, String verdict) {}

  private final Path socket;
  private final String application;
  private final Duration reconnectFor;
  private final Object lock = new Object();

  // Guarded by lock.
  private final Map<Integer, GroupSession> groups = new LinkedHashMap<>();
  private final Map<Integer, CompletableFuture<SessionFrame.Answer>> questions =
      new LinkedHashMap<>();
  private @Nullable Connection connection;
  private boolean isClosed;
  private int handles;
  private int requests;

  private volatile Primary primary = new Primary(false, 0, "");
  private volatile Member self;
  private volatile int messageBytes;

  /// Connects, and connects again for up to 30 seconds when the connection is lost.
  ///
  /// @param socket the path in the setting `sessions.socket` of the peer
  /// @param application the name by which rights and other members know this application
  /// @throws GroupClientException `UNREACHABLE`, `INVALID`, `DUPLICATE`, `FORBIDDEN`, `TOO_MANY`
  public static GroupClient connect(Path socket, String application) {
    return connect(socket, application, Duration.ofSeconds(30));
  }

  /// Connects.
  ///
  /// @param reconnectFor how long to try again after the connection is lost; zero for not at all
  public static GroupClient connect(Path socket, String application, Duration reconnectFor) {
    GroupClient client = new GroupClient(socket, application, reconnectFor);
    client.open();
    return client;
  }

  private GroupClient(Path socket, String application, Duration reconnectFor) {
    this.socket = socket;
    this.application = application;
    this.reconnectFor = reconnectFor;
    this.self = new Member("", 0, application);
  }

  private void open() {
    Connection fresh = Connection.open(socket, application, new Heard());
    SessionFrame.Welcome welcome = fresh.welcome();
    self = new Member(welcome.peer(), welcome.incarnation(), application);
    messageBytes = welcome.messageBytes();
    synchronized (lock) {
      if (isClosed) {
        fresh.close();
        throw closed();
      }
      connection = fresh;
    }
    fresh.start();
  }

  /// How members of groups see this application.
  public Member self() {
    return self;
  }

  /// Largest message in bytes.
  public int messageBytes() {
    return messageBytes;
  }

  /// What the peer said last; while there is no connection it is not primary.
  public Primary primary() {
    return primary;
  }

  /// Whether there is a connection to the peer now.
  public boolean isConnected() {
    synchronized (lock) {
      return connection != null;
    }
  }

  /// Joins a group; its first view follows.
  ///
  /// @param wantsState whether to be given the application state before the first view
  /// @param givesState whether to give state to later joiners
  /// @throws GroupClientException `DISCONNECTED` or `CLOSED`; what the peer refuses is told by
  /// [GroupSession#joined] and the listener
  public GroupSession join(
      TrafficClass trafficClass,
      String group,
      boolean wantsState,
      boolean givesState,
      GroupListener listener) {
    GroupSession made;
    synchronized (lock) {
      Connection open = present();
      int handle = ++handles;
      made = new GroupSession(this, handle, trafficClass, group, wantsState, givesState, listener);
      groups.put(handle, made);
      made.begin(open);
    }
    return made;
  }

  /// The members of a group that this application may join, the eldest first, as
  /// `application@peer#incarnation`; empty when it has none.
  ///
  /// @throws GroupClientException `FORBIDDEN` when it may not join, `INVALID`, `DISCONNECTED`,
  /// `CLOSED`, `TIMEOUT`
  public List<String> members(TrafficClass trafficClass, String group) throws InterruptedException {
    SessionFrame.Answer answer = ask(SessionFrame.Question.VIEW, trafficClass, group);
    return answer.isFound() ? answer.text().lines().toList() : List.of();
  }

  /// The groups of a class that have members and that this application may join, sorted by name.
  public List<String> groups(TrafficClass trafficClass) throws InterruptedException {
    return ask(SessionFrame.Question.GROUPS, trafficClass, "").text().lines().toList();
  }

  /// The peer as it sees itself: one line of JSON, for people and metrics.
  public String status() throws InterruptedException {
    return ask(SessionFrame.Question.STATUS, TrafficClass.NORMAL, "").text();
  }

  private SessionFrame.Answer ask(
      SessionFrame.Question question, TrafficClass trafficClass, String group)
      throws InterruptedException {
    CompletableFuture<SessionFrame.Answer> answer = new CompletableFuture<>();
    Connection open;
    int request;
    synchronized (lock) {
      open = present();
      request = ++requests;
      questions.put(request, answer);
    }
    open.put(new SessionFrame.Query(request, question, trafficClass, group), true);
    try {
      SessionFrame.Answer given = answer.get(10, TimeUnit.SECONDS);
      int end = given.isFound() ? -1 : given.text().indexOf('\n');
      if (end >= 0) {
        throw GroupClientException.of(
            given.text().substring(0, end), given.text().substring(end + 1));
      }
      return given;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof GroupClientException known
          ? known
          : new IllegalStateException(e);
    } catch (TimeoutException e) {
      throw new GroupClientException(Reason.TIMEOUT, "The peer did not answer in 10 s.", e);
    } finally {
      synchronized (lock) {
        questions.remove(request);
      }
    }
  }

  /// The connection of now, or a refusal. With the lock.
  private Connection present() {
    if (isClosed) {
      throw closed();
    }
    Connection open = connection;
    if (open == null) {
      throw disconnected();
    }
    return open;
  }

  private static GroupClientException closed() {
    return new GroupClientException(Reason.CLOSED, "The client is closed: connect a new one.");
  }

  GroupClientException disconnected() {
    return new GroupClientException(
        Reason.DISCONNECTED,
        "There is no connection to the peer at '" + socket + "' now: nothing was done, try again.");
  }

  boolean isClosed() {
    synchronized (lock) {
      return isClosed;
    }
  }

  void ended(GroupSession group) {
    synchronized (lock) {
      groups.remove(group.handle(), group);
    }
  }

  /// Leaves all groups and ends: what was accepted is sent and known to be held by everybody
  /// first, for up to ten seconds. Not on a listener's thread.
  @Override
  public void close() {
    Connection open;
    synchronized (lock) {
      if (isClosed) {
        return;
      }
      isClosed = true;
      open = connection;
      connection = null;
    }
    if (open != null) {
      open.goodbye(CLOSE_MILLIS);
    }
    end("the client was closed");
  }

  private void end(String reason) {
    List<GroupSession> open;
    List<CompletableFuture<SessionFrame.Answer>> asked;
    synchronized (lock) {
      isClosed = true;
      open = new ArrayList<>(groups.values());
      groups.clear();
      asked = new ArrayList<>(questions.values());
      questions.clear();
    }
    asked.forEach(question -> question.completeExceptionally(closed()));
    open.forEach(group -> group.end(reason));
  }

  /// A listener failed.
  void failed(Throwable mistake) {
    Connection open;
    synchronized (lock) {
      open = connection;
      connection = null;
    }
    if (open != null) {
      open.close();
    }
    end("a listener failed: " + mistake);
  }

  /// What the connection tells; by its reading thread.
  private final class Heard implements Connection.Owner {

    @Override
    public void said(Connection by, FromPeer frame) throws InterruptedException {
      switch (frame) {
        case SessionFrame.Primary f -> primary = new Primary(f.isPrimary(), f.index(), f.verdict());
        case SessionFrame.Answer f -> {
          CompletableFuture<SessionFrame.Answer> question;
          synchronized (lock) {
            question = questions.get(f.request());
          }
          if (question != null) {
            question.complete(f);
          }
        }
        case SessionFrame.Welcome _ -> {}
        case SessionFrame.Closing _ -> {}
        case SessionFrame.Refused f -> to(f.handle(), frame);
        case SessionFrame.Viewed f -> to(f.handle(), frame);
        case SessionFrame.Message f -> to(f.handle(), frame);
        case SessionFrame.Stable f -> to(f.handle(), frame);
        case SessionFrame.Left f -> to(f.handle(), frame);
        case SessionFrame.Snapshot f -> to(f.handle(), frame);
        case SessionFrame.StateBegins f -> to(f.handle(), frame);
        case SessionFrame.State f -> to(f.handle(), frame);
        case SessionFrame.StateComplete f -> to(f.handle(), frame);
        case SessionFrame.NoState f -> to(f.handle(), frame);
      }
    }

    private void to(int handle, FromPeer frame) throws InterruptedException {
      GroupSession group;
      synchronized (lock) {
        group = groups.get(handle);
      }
      if (group != null) {
        group.said(frame);
      }
    }

    @Override
    public void lost(Connection lost, String reason) {
      List<GroupSession> open;
      List<CompletableFuture<SessionFrame.Answer>> asked;
      synchronized (lock) {
        if (connection != lost) {
          return;
        }
        connection = null;
        open = new ArrayList<>(groups.values());
        asked = new ArrayList<>(questions.values());
        questions.clear();
      }
      primary = new Primary(false, primary.index(), "there is no connection to the peer");
      asked.forEach(question -> question.completeExceptionally(disconnected()));
      open.forEach(group -> group.disconnected(reason));
      reconnect(reason);
    }
  }

  private void reconnect(String reason) {
    long deadline = System.nanoTime() + reconnectFor.toNanos();
    long pause = FIRST_PAUSE_MILLIS;
    String last = reason;
    while (System.nanoTime() < deadline) {
      try {
        Thread.sleep(pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
        open();
        synchronized (lock) {
          Connection open = connection;
          if (open != null) {
            groups.values().forEach(group -> group.begin(open));
          }
        }
        return;
      } catch (GroupClientException e) {
        // A name that is still in use is that of the session that was lost.
        last = String.valueOf(e.getMessage());
        if (e.reason() == Reason.CLOSED
            || e.reason() == Reason.FORBIDDEN
            || e.reason() == Reason.INVALID) {
          break;
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    end(last);
  }
}
