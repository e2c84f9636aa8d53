package io.euryale.client;

import io.euryale.client.GroupClientException.Reason;
import io.euryale.client.wire.SessionCodec;
import io.euryale.client.wire.SessionFrame;
import io.euryale.client.wire.SessionFrame.FromPeer;
import io.euryale.client.wire.SessionFrame.Piece;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// An application in one group. Safe to share between threads; messages of one thread keep their
/// order.
///
/// The future of a message completes when every peer of the configuration holds it (UNRELIABLE:
/// when the peer has taken it). When it fails with `UNKNOWN_OUTCOME` the message may or may not
/// have been delivered; with any other reason it was not sent, and sending it again makes no
/// repetition.
public final class GroupSession {

  private static final int STATE_CHUNK_BYTES = 64 << 10;

  private final GroupClient client;
  private final int handle;
  private final TrafficClass trafficClass;
  private final String group;
  private final boolean wantsState;
  private final boolean givesState;
  private final GroupListener listener;
  private final Inbox inbox;
  private final Inbox settled;
  private final CompletableFuture<View> joined = new CompletableFuture<>();
  private final CompletableFuture<Void> left = new CompletableFuture<>();
  private volatile @Nullable View view;

  // Guarded by this.
  private final Map<Long, CompletableFuture<Void>> unsettled = new LinkedHashMap<>();
  private @Nullable Connection connection;
  private boolean isMember;
  private boolean isLeaving;
  private boolean isEnded;
  private long tokens;

  GroupSession(
      GroupClient client,
      int handle,
      TrafficClass trafficClass,
      String group,
      boolean wantsState,
      boolean givesState,
      GroupListener listener) {
    this.client = client;
    this.handle = handle;
    this.trafficClass = trafficClass;
    this.group = group;
    this.wantsState = wantsState;
    this.givesState = givesState;
    this.listener = listener;
    inbox = new Inbox("euryale-client-" + group, client::failed);
    settled = new Inbox("euryale-client-settled", _ -> {});
  }

  int handle() {
    return handle;
  }

  /// The group.
  public String group() {
    return group;
  }

  /// The view that the listener was given last; null before the first.
  public @Nullable View view() {
    return view;
  }

  /// Completes with the first view; fails with a [GroupClientException] when it will not come.
  public CompletableFuture<View> joined() {
    return joined.copy();
  }

  /// Sends to all members, this one included; waits while the queue is full.
  ///
  /// @throws GroupClientException `NOT_A_MEMBER`, `TOO_LARGE`, `DISCONNECTED`, `CLOSED`; or `FULL`
  /// when the queue is full and the caller is this group's listener, which would wait for itself.
  /// Nothing was sent then
  public CompletableFuture<Void> send(Service service, byte[] payload) throws InterruptedException {
    return send(service, List.of(), ByteBuffer.wrap(payload));
  }

  /// Sends to some members, at most 128; to this one only when it is named. An empty list means
  /// all.
  ///
  /// @throws GroupClientException as [#send(Service, byte\[\])]
  public CompletableFuture<Void> send(Service service, List<Member> receivers, ByteBuffer payload)
      throws InterruptedException {
    return put(service, receivers, payload, true)
        .orElseThrow(
            () ->
                new GroupClientException(
                    Reason.FULL,
                    "The queue to the peer is full, and the listener of group "
                        + group
                        + " would wait for itself: send from another thread."));
  }

  /// Sends to all members if there is room at once.
  ///
  /// @return empty when the queue is full
  public Optional<CompletableFuture<Void>> trySend(Service service, ByteBuffer payload) {
    try {
      return put(service, List.of(), payload, false);
    } catch (InterruptedException e) {
      throw new IllegalStateException("Nothing is waited for", e);
    }
  }

  private Optional<CompletableFuture<Void>> put(
      Service service, List<Member> receivers, ByteBuffer payload, boolean waits)
      throws InterruptedException {
    if (receivers.size() > SessionCodec.MAX_RECEIVERS) {
      throw new GroupClientException(
          Reason.NO_SUCH_RECEIVER,
          "A private message names at most 128 receivers, not " + receivers.size() + ".");
    }
    if (payload.remaining() > client.messageBytes()) {
      throw new GroupClientException(
          Reason.TOO_LARGE,
          "A message of "
              + payload.remaining()
              + " bytes is too large: the peer takes "
              + client.messageBytes()
              + ".");
    }
    CompletableFuture<Void> outcome = new CompletableFuture<>();
    Connection open;
    long token;
    synchronized (this) {
      if (isEnded || isLeaving) {
        throw new GroupClientException(
            Reason.NOT_A_MEMBER, "The application has left group " + group + ": join again.");
      }
      open = connection;
      if (open == null) {
        throw client.disconnected();
      }
      token = ++tokens;
      unsettled.put(token, outcome);
    }
    boolean mayWait = waits && !inbox.isCurrentThread();
    if (open.put(new SessionFrame.Send(handle, service, token, receivers, payload), mayWait)) {
      return Optional.of(outcome);
    }
    synchronized (this) {
      unsettled.remove(token);
    }
    if (open.isClosed()) {
      throw client.disconnected();
    }
    return Optional.empty();
  }

  /// Asks for the state of the group at a later point of the order, as after a merge.
  public void requestState() {
    Connection open;
    synchronized (this) {
      open = connection;
    }
    if (open == null) {
      throw client.disconnected();
    }
    open.demand(new SessionFrame.AskState(handle));
  }

  /// Leaves: what was accepted before is sent and known to be held by everybody first.
  ///
  /// @return completes when the application is out of the group, after the listener was told
  public CompletableFuture<Void> leave() {
    Connection open;
    synchronized (this) {
      if (isLeaving) {
        return left.copy();
      }
      isLeaving = true;
      open = connection;
    }
    if (open == null) {
      end("it left while there was no connection");
    } else {
      open.demand(new SessionFrame.Leave(handle));
    }
    return left.copy();
  }

  // --- by the client ---

  /// There is a connection: join through it.
  void begin(Connection open) {
    synchronized (this) {
      if (isLeaving || isEnded) {
        return;
      }
      connection = open;
    }
    open.demand(new SessionFrame.Join(handle, trafficClass, group, wantsState, givesState));
  }

  void disconnected(String reason) {
    lose();
    boolean wasLeaving;
    synchronized (this) {
      wasLeaving = isLeaving;
    }
    if (wasLeaving) {
      end(reason);
    } else {
      inbox.demand(() -> listener.disconnected(reason));
    }
  }

  private void lose() {
    List<CompletableFuture<Void>> lost;
    synchronized (this) {
      connection = null;
      isMember = false;
      lost = new ArrayList<>(unsettled.values());
      unsettled.clear();
    }
    GroupClientException unknown =
        new GroupClientException(
            Reason.UNKNOWN_OUTCOME,
            "The connection or the membership ended before it was known that everybody holds the"
                + " message: it may or may not have been delivered.");
    settled.demand(() -> lost.forEach(outcome -> outcome.completeExceptionally(unknown)));
  }

  void end(String reason) {
    lose();
    synchronized (this) {
      if (isEnded) {
        return;
      }
      isEnded = true;
    }
    client.ended(this);
    inbox.demand(
        () -> {
          joined.completeExceptionally(
              new GroupClientException(Reason.CLOSED, "The session ended: " + reason + "."));
          left.complete(null);
          listener.ended(reason);
        });
  }

  /// A frame for this group; by the reading thread, which waits while the listener is behind.
  void said(FromPeer frame) throws InterruptedException {
    switch (frame) {
      case SessionFrame.Viewed f -> {
        synchronized (this) {
          isMember = true;
        }
        inbox.put(
            64L * f.view().members().size(),
            () -> {
              view = f.view();
              joined.complete(f.view());
              listener.view(f.view());
            });
      }
      case SessionFrame.Message f -> {
        ByteBuffer payload = copy(f.payload());
        Message message =
            new Message(f.sender(), f.service(), f.isPrivate(), f.isOwn(), f.position(), payload);
        inbox.put(payload.remaining(), () -> listener.message(message));
      }
      case SessionFrame.Stable f -> settle(f.token(), null);
      case SessionFrame.Refused f -> refused(f);
      case SessionFrame.Left f -> {
        if (isTakenOut(f.cause())) {
          lose(); // The peer is closing. The end of the connection follows, and another attempt.
        } else {
          inbox.put(0, () -> left(f.cause()));
        }
      }
      case SessionFrame.Snapshot f ->
          inbox.put(0, () -> give(f.transfer(), listener.snapshot(f.receiver())));
      case SessionFrame.StateBegins f -> inbox.put(0, () -> listener.stateBegins(f.giver()));
      case SessionFrame.State f -> {
        ByteBuffer chunk = copy(f.bytes());
        inbox.put(chunk.remaining(), () -> listener.state(chunk));
      }
      case SessionFrame.StateComplete f -> inbox.put(0, () -> listener.stateComplete(f.giver()));
      case SessionFrame.NoState _ -> inbox.put(0, listener::noState);
      default -> {}
    }
  }

  private static ByteBuffer copy(ByteBuffer bytes) {
    ByteBuffer copy = ByteBuffer.allocate(bytes.remaining());
    return copy.put(bytes.duplicate()).flip();
  }

  private void settle(long token, @Nullable GroupClientException refusal) {
    CompletableFuture<Void> outcome;
    synchronized (this) {
      outcome = unsettled.remove(token);
    }
    if (outcome == null) {
      return;
    }
    settled.demand(
        () -> {
          if (refusal == null) {
            outcome.complete(null);
          } else {
            outcome.completeExceptionally(refusal);
          }
        });
  }

  private void refused(SessionFrame.Refused f) throws InterruptedException {
    GroupClientException refusal = GroupClientException.of(f.reason(), f.sentence());
    if (f.token() != 0) {
      settle(f.token(), refusal);
      return;
    }
    Connection open;
    synchronized (this) {
      open = connection;
    }
    boolean isRejoin = joined.isDone() && !joined.isCompletedExceptionally();
    if (refusal.reason() == Reason.DUPLICATE && isRejoin && open != null) {
      again(open); // The membership of the lost session has not left yet.
      return;
    }
    inbox.put(
        0,
        () -> {
          listener.refused(refusal);
          if (joined.completeExceptionally(refusal)) {
            over(); // The join was refused.
          }
        });
  }

  private void again(Connection open) {
    Thread.ofVirtual()
        .name("euryale-client-rejoin")
        .start(
            () -> {
              try {
                Thread.sleep(20);
                begin(open);
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
  }

  /// Whether the application left without having asked to.
  private boolean isTakenOut(View.Cause cause) {
    boolean isClosing = client.isClosed(); // Before our lock: the client calls us with its own.
    synchronized (this) {
      return isMember && !isLeaving && !isClosing && cause == View.Cause.LEAVE;
    }
  }

  private void left(View.Cause cause) {
    listener.left(cause);
    over();
  }

  private void over() {
    lose();
    synchronized (this) {
      isEnded = true;
    }
    client.ended(this);
    joined.completeExceptionally(
        new GroupClientException(
            Reason.NOT_A_MEMBER, "The application is not in group " + group + "."));
    left.complete(null);
  }

  private void give(int transfer, @Nullable InputStream stream) {
    Connection open;
    synchronized (this) {
      open = connection;
    }
    if (open == null) {
      return;
    }
    if (stream == null) {
      open.demand(piece(transfer, Piece.FAILED, new byte[0]));
      return;
    }
    Thread.ofVirtual().name("euryale-client-state").start(() -> give(open, transfer, stream));
  }

  private void give(Connection open, int transfer, InputStream stream) {
    Piece end = Piece.FAILED;
    try (stream) {
      byte[] chunk = stream.readNBytes(STATE_CHUNK_BYTES);
      while (chunk.length > 0 && open.put(piece(transfer, Piece.MORE, chunk), true)) {
        chunk = stream.readNBytes(STATE_CHUNK_BYTES);
      }
      end = Piece.LAST;
    } catch (IOException | RuntimeException _) {
      // The receiver asks another member.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    open.demand(piece(transfer, end, new byte[0]));
  }

  private SessionFrame.GiveState piece(int transfer, Piece piece, byte[] bytes) {
    return new SessionFrame.GiveState(handle, transfer, piece, ByteBuffer.wrap(bytes));
  }
}
