package io.euryale.peer.group;

import io.euryale.client.Member;
import io.euryale.client.wire.FrameReader;
import io.euryale.client.wire.MalformedFrameException;
import io.euryale.client.wire.SessionCodec;
import io.euryale.client.wire.SessionFrame;
import io.euryale.client.wire.SessionFrame.FromClient;
import io.euryale.client.wire.SessionFrame.FromPeer;
import io.euryale.group.Service;
import io.euryale.group.named.GroupMemberId;
import io.euryale.group.named.JoinOptions;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import io.euryale.peer.RefusedException;
import io.euryale.peer.RefusedException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One application in another process. Its frames are read by one virtual thread, which waits
/// where the application has to wait; frames to it are written by whoever has them, under a lock.
final class GroupSession {

  private static final int HELLO_BYTES = 16 << 10;

  /// Sends whose outcome was not written to the session yet: with a session that does not read
  /// this ends its sending.
  private static final int OPEN_SENDS = 8192;

  private static final long SLOW_NANOS = 100_000_000L;
  private static final long GOODBYE_MILLIS = 10_000;

  private final SessionServer server;
  private final SocketChannel channel;
  private final FrameReader reader;
  private final ReentrantLock writing = new ReentrantLock();
  private final CountDownLatch greeted = new CountDownLatch(1);
  private final AtomicBoolean hasEnded = new AtomicBoolean();
  private final Semaphore sends = new Semaphore(OPEN_SENDS);
  private final Map<Integer, GroupMembership> memberships = new ConcurrentHashMap<>();
  private final SessionStates states = new SessionStates();
  private volatile long writingSince;
  private volatile @Nullable PeerName name;
  private volatile boolean isWelcome;

  /// Whether a notice waits to be written: a session that does not read has one at most.
  private final AtomicBoolean isNoticeDue = new AtomicBoolean();

  GroupSession(SessionServer server, SocketChannel channel) {
    this.server = server;
    this.channel = channel;
    reader = new FrameReader(channel, HELLO_BYTES);
  }

  void start() {
    Thread.ofVirtual().name("euryale-session").start(this::run);
    Thread.ofVirtual().name("euryale-session-hello").start(this::awaitHello);
  }

  /// The name of the application; "" before the hello.
  String application() {
    PeerName known = name;
    return known == null ? "" : known.value();
  }

  /// Whether something waits to be written because the application does not read.
  boolean isSlow() {
    long since = writingSince;
    return since != 0 && System.nanoTime() - since > SLOW_NANOS;
  }

  private void awaitHello() {
    try {
      if (!greeted.await(server.settings().helloTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
        end("no hello in time");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    String reason = "disconnected";
    try {
      if (greet()) {
        reader.limit(SessionCodec.MAX_FRAME_BYTES);
        for (ByteBuffer frame = reader.next(); frame != null; frame = reader.next()) {
          if (!handle(SessionCodec.fromClient(frame))) {
            reason = "goodbye";
            break;
          }
        }
      } else {
        return;
      }
    } catch (MalformedFrameException e) {
      reason = String.valueOf(e.getMessage());
      writeSoon(new SessionFrame.Closing("protocol error: " + reason));
    } catch (IOException _) {
      // The application is gone.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    end(reason);
  }

  private boolean greet() throws IOException {
    ByteBuffer first = reader.next();
    if (first == null) {
      end("disconnected");
      return false;
    }
    if (!(SessionCodec.fromClient(first) instanceof SessionFrame.Hello hello)) {
      throw new MalformedFrameException("before hello");
    }
    greeted.countDown();
    if (hello.lowestVersion() > SessionCodec.VERSION) {
      refuse(
          "VERSION",
          "This peer speaks version "
              + SessionCodec.VERSION
              + " of sessions, the application only"
              + " later ones: update the peer.",
          "no common version");
      return false;
    }
    try {
      PeerName application = NamedClasses.applicationName(hello.application());
      server.named().requireKnown(application, server.peer().self().id());
      server.named().own(application, this);
      name = application;
    } catch (RefusedException e) {
      refuse(e.reason().name(), String.valueOf(e.getMessage()), "refused");
      return false;
    }
    PeerId self = server.peer().self().id();
    write(
        new SessionFrame.Welcome(
            SessionCodec.VERSION,
            self.name().value(),
            self.incarnation(),
            (int) server.peer().settings().groups().messageBytes()));
    isWelcome = true;
    writePrimary();
    return true;
  }

  /// @return false at the end
  private boolean handle(FromClient said) throws IOException, InterruptedException {
    switch (said) {
      case SessionFrame.Hello _ -> throw new MalformedFrameException("second hello");
      case SessionFrame.Join f -> join(f);
      case SessionFrame.Leave f -> {
        GroupMembership membership = memberships.get(f.handle());
        if (membership == null) {
          refuse(f.handle(), 0, unknown());
        } else {
          CompletableFuture<Void> _ = membership.leave();
        }
      }
      case SessionFrame.Send f -> send(f);
      case SessionFrame.GiveState f -> states.give(f);
      case SessionFrame.AskState f -> {
        GroupMembership membership = memberships.get(f.handle());
        try {
          if (membership == null) {
            throw unknown();
          }
          membership.requestState(null);
        } catch (RefusedException e) {
          refuse(f.handle(), 0, e);
        }
      }
      case SessionFrame.Query f ->
          write(SessionQueries.answer(server, new PeerName(application()), f));
      case SessionFrame.Goodbye _ -> {
        goodbye();
        return false;
      }
    }
    return true;
  }

  private void join(SessionFrame.Join f) throws IOException, InterruptedException {
    if (memberships.containsKey(f.handle())) {
      throw new MalformedFrameException("handle in use");
    }
    try {
      if (memberships.size() >= server.settings().groupsPerSession()) {
        throw new RefusedException(
            Reason.TOO_MANY, "A session may be in no more groups than groupsPerSession allows.");
      }
      SessionListener listener = new SessionListener(this, f.handle(), states);
      GroupMembership made =
          server
              .named()
              .host(TrafficClass.valueOf(f.trafficClass().name()))
              .join(
                  NamedClasses.groupName(f.group()),
                  new PeerName(application()),
                  new JoinOptions(f.wantsState(), f.givesState()),
                  listener);
      memberships.put(f.handle(), made);
      if (listener.hasLeft()) {
        memberships.remove(f.handle());
      }
    } catch (RefusedException e) {
      refuse(f.handle(), 0, e);
    }
  }

  private void send(SessionFrame.Send f) throws IOException, InterruptedException {
    GroupMembership membership = memberships.get(f.handle());
    try {
      if (membership == null) {
        throw unknown();
      }
      Service service = Service.valueOf(f.service().name());
      List<GroupMemberId> to = new ArrayList<>();
      for (Member member : f.receivers()) {
        to.add(SessionListener.member(member));
      }
      sends.acquire();
      CompletableFuture<Void> outcome;
      try {
        outcome =
            to.isEmpty()
                ? membership.send(service, f.payload())
                : membership.sendTo(to, service, f.payload());
      } catch (RefusedException e) {
        sends.release();
        throw e;
      }
      CompletableFuture<Void> _ =
          outcome.whenComplete((_, failure) -> settled(f.handle(), f.token(), failure));
    } catch (RefusedException e) {
      refuse(f.handle(), f.token(), e);
    }
  }

  private void settled(int handle, long token, @Nullable Throwable failure) {
    tell(
        failure instanceof RefusedException e
            ? new SessionFrame.Refused(
                handle, token, e.reason().name(), String.valueOf(e.getMessage()))
            : new SessionFrame.Stable(handle, token));
    sends.release();
  }

  private static RefusedException unknown() {
    return new RefusedException(
        Reason.NOT_A_MEMBER, "The session is not, or no longer, in this group: join first.");
  }

  private void refuse(int handle, long token, RefusedException e) throws IOException {
    write(
        new SessionFrame.Refused(handle, token, e.reason().name(), String.valueOf(e.getMessage())));
  }

  private void goodbye() throws InterruptedException {
    CompletableFuture<?>[] leaving =
        memberships.values().stream().map(GroupMembership::leave).toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(leaving).get(GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException _) {
      // Somebody does not take what was sent; the application is told what is unknown.
    }
    writeSoon(new SessionFrame.Closing("goodbye"));
  }

  // --- from any thread ---

  void left(int handle) {
    memberships.remove(handle);
  }

  void tellPrimary() {
    if (isWelcome && !isNoticeDue.getAndSet(true)) {
      Thread.ofVirtual().name("euryale-session-notice").start(this::notifyPrimary);
    }
  }

  private void notifyPrimary() {
    try {
      writePrimary();
    } catch (IOException _) {
      end("disconnected");
    }
  }

  /// Says what holds when it is written, so that of two notices the later never says less.
  private void writePrimary() throws IOException {
    GroupPeer peer = server.peer();
    writing.lock();
    try {
      isNoticeDue.set(false); // What changes from now on needs another one.
      write(new SessionFrame.Primary(peer.isPrimary(), peer.primaryIndex(), peer.verdict()));
    } finally {
      writing.unlock();
    }
  }

  /// Writes a frame, as soon as the application has read what was written before; a session that
  /// ends meanwhile does without.
  void tell(FromPeer frame) {
    try {
      write(frame);
    } catch (IOException _) {
      end("disconnected");
    }
  }

  /// Like [#tell], for threads that must not wait.
  void writeSoon(FromPeer frame) {
    Thread.ofVirtual().name("euryale-session-notice").start(() -> tell(frame));
  }

  private void write(FromPeer frame) throws IOException {
    ByteBuffer bytes = SessionCodec.encode(frame);
    writing.lock();
    try {
      writingSince = System.nanoTime();
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } finally {
      writingSince = 0;
      writing.unlock();
    }
  }

  /// Refuses the session before it began.
  void refuse(String reason, String sentence, String label) {
    try {
      channel.configureBlocking(false); // Who does not read it is not waited for.
      channel.write(SessionCodec.encode(new SessionFrame.Refused(0, 0, reason, sentence)));
    } catch (IOException _) {
      // It has gone already.
    }
    end(label);
  }

  /// Ends the session: its application leaves its groups at once.
  void end(String reason) {
    if (!hasEnded.compareAndSet(false, true)) {
      return;
    }
    greeted.countDown();
    try {
      channel.close();
    } catch (IOException _) {
      // There is nothing more to be had from it.
    }
    states.end();
    PeerName application = name;
    if (application != null) {
      for (GroupHost host : server.named().hosts()) {
        boolean _ = host.execute(now -> host.disconnect(now, application));
      }
      server.named().disown(application, this);
    }
    server.ended(this, reason);
  }
}
