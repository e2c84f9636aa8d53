package io.euryale.link;

import io.euryale.kernel.LongMap;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The sessions of one traffic class: seals what goes to a peer and opens what arrives, in place of
/// a socket per peer. One per core, used by its owner thread.
///
/// Fed with [SessionKeys] by [Handshakes], perhaps on another loop, through the owner: `accept` at
/// [LinkHome#offered], `install` at [LinkHome#established], `retire` at [LinkHome#retired],
/// `forget` at [LinkHome#forgotten]. A peer is reachable from `install` on. While keys are renewed
/// both old and new ones open, so nothing on its way is lost.
///
/// Datagrams of strangers change nothing but counters. Holds at most four sessions for a peer, each
/// about 4 KiB.
public final class Sessions {

  private static final int MAX_PER_PEER = 4;

  /// Shortest time between two searches for what has expired.
  private static final long SWEEP_NANOS = 1_000_000_000L;

  private final TrafficClass trafficClass;
  private final LinkSettings settings;
  private final LinkCounters counters;
  private final boolean keyed;
  private final Consumer<PeerId> renewal;
  private final LongMap<Session> byIndex = new LongMap<>();

  private final Map<PeerName, Line> lines = new LinkedHashMap<>();
  private long sweepNanos = Long.MIN_VALUE;

  private final ByteBuffer sealed = ByteBuffer.allocate(Envelope.MAX_DATAGRAM_BYTES);
  private final ByteBuffer body = ByteBuffer.allocate(Envelope.MAX_DATAGRAM_BYTES);
  private @Nullable Rejection lastRejection;

  /// What there is for one peer.
  private static final class Line {
    final List<Session> receiving = new ArrayList<>(MAX_PER_PEER);

    /// Under which data goes out.
    @Nullable Session sending;

    /// What `sending` becomes when its time has come or the peer uses it.
    @Nullable Session next;

    long heardNanos;
  }

  /// @param keyed whether datagrams are encrypted; datagrams of the other mode are rejected
  /// @param renewal told once for each session that has carried [LinkSettings#rekeyPackets]; leads
  /// to [Handshakes#renew] of the control core
  public Sessions(
      TrafficClass trafficClass,
      LinkSettings settings,
      boolean keyed,
      LinkCounters counters,
      Consumer<PeerId> renewal) {
    this.trafficClass = trafficClass;
    this.settings = settings;
    this.keyed = keyed;
    this.counters = counters;
    this.renewal = renewal;
  }

  /// Bytes that a datagram is longer than its body.
  public int overhead() {
    return keyed ? Envelope.KEYED_OVERHEAD : Envelope.PLAIN_OVERHEAD;
  }

  public LinkCounters counters() {
    return counters;
  }

  /// Opens a datagram, from position to limit, which are left as they were.
  ///
  /// @return the life of the peer that sent it, with [#body] set; null when it was rejected, for
  /// the reason that [#lastRejection] tells
  public @Nullable PeerId open(long nowNanos, ByteBuffer datagram) {
    Session session = open(nowNanos, datagram, Envelope.DATA);
    if (session == null) {
      return null;
    }
    counters.countOpened();
    return session.keys().peer();
  }

  /// The body of the datagram opened last; valid, and the caller's to change, until the next
  /// `open`.
  public ByteBuffer body() {
    return body;
  }

  /// Why the last datagram was not opened, or the last body not sealed; null when it was.
  public @Nullable Rejection lastRejection() {
    return lastRejection;
  }

  /// Seals a body (position to limit, which are left as they were) for one life of a peer.
  ///
  /// @return the datagram, valid until the next `seal`; null when there is no session with this
  /// life, or the body is too long
  public @Nullable ByteBuffer seal(long nowNanos, PeerId peer, ByteBuffer content) {
    Line line = lines.get(peer.name());
    Session session = line == null ? null : sending(nowNanos, line);
    if (session == null || session.keys().peer().incarnation() != peer.incarnation()) {
      return refuse(Rejection.NO_SESSION);
    }
    ByteBuffer datagram = seal(session, Envelope.DATA, content);
    if (datagram != null) {
      counters.countSealed();
    }
    return datagram;
  }

  /// Whether [#seal] finds a session with this life of a peer.
  public boolean reaches(PeerId peer) {
    Line line = lines.get(peer.name());
    return line != null
        && line.sending != null
        && line.sending.keys().peer().incarnation() == peer.incarnation();
  }

  /// Opens packets under these keys from now on, but does not send under them yet.
  public void accept(long nowNanos, SessionKeys keys) {
    if (byIndex.get(index(keys)) != null) {
      return;
    }
    Session session = keys.session(trafficClass);
    session.expiresNanos = nowNanos + 2 * settings.handshakeTimeout().toNanos();
    sweep(nowNanos);
    Line line = lines.computeIfAbsent(keys.peer().name(), name -> new Line());
    if (line.receiving.size() >= MAX_PER_PEER) {
      drop(line, oldestIdle(line));
    }
    line.receiving.add(session);
    byIndex.put(index(keys), session);
  }

  /// Sends under these keys: at once when there was no session with this life of the peer, else
  /// after [LinkSettings#rekeySettle] or when the peer does.
  public void install(long nowNanos, SessionKeys keys) {
    accept(nowNanos, keys);
    Session session = byIndex.get(index(keys));
    Line line = lines.get(keys.peer().name());
    if (session == null || line == null) {
      return;
    }
    session.expiresNanos = nowNanos + 2 * settings.rekeyPeriod().toNanos();
    Session current = line.next != null ? line.next : line.sending;
    if (current == session) {
      return;
    }
    if (current != null && !keys.isAfter(current.keys())) {
      expire(nowNanos, session);
      return;
    }
    // Takes the one before into use if its time has come: where nothing is sent, each would be
    // replaced before it is used, and what is sent at last would go under keys long given up.
    Session sending = sending(nowNanos, line);
    if (line.next != null) {
      expire(nowNanos, line.next);
      line.next = null;
    }
    if (sending == null || !sending.keys().peer().equals(keys.peer())) {
      dropOtherLives(line, keys.peer());
      line.sending = session;
      line.heardNanos = nowNanos;
    } else {
      line.next = session;
      session.sendFromNanos = nowNanos + settings.rekeySettle().toNanos();
    }
  }

  /// Neither opens nor seals under these keys any more.
  public void retire(SessionKeys keys) {
    Session session = byIndex.get(index(keys));
    Line line = lines.get(keys.peer().name());
    if (session != null && line != null) {
      drop(line, session);
    }
  }

  /// Forgets everything about a peer.
  public void forget(PeerName peer) {
    Line line = lines.remove(peer);
    if (line != null) {
      line.receiving.forEach(session -> byIndex.remove(index(session.keys())));
    }
  }

  /// Sessions held, for tests and metrics.
  public int size() {
    return byIndex.size();
  }

  /// When a packet of this peer was opened last, or its present life became reachable.
  long heardNanos(PeerName peer) {
    Line line = lines.get(peer);
    return line == null ? Long.MIN_VALUE : line.heardNanos;
  }

  /// Seals under given keys, whatever the peer's line sends under.
  @Nullable ByteBuffer sealUnder(SessionKeys keys, int kind, ByteBuffer content) {
    Session session = byIndex.get(index(keys));
    return session == null ? null : seal(session, kind, content);
  }

  @Nullable SessionKeys openHandshake(long nowNanos, ByteBuffer datagram, int kind) {
    Session session = open(nowNanos, datagram, kind);
    return session == null ? null : session.keys();
  }

  /// Whether another packet number or index could be in use by these keys.
  boolean isTaken(int localIndex) {
    return byIndex.get(localIndex & 0xFFFFFFFFL) != null;
  }

  private @Nullable Session open(long nowNanos, ByteBuffer datagram, int kind) {
    body.clear();
    Rejection wrong = Envelope.check(datagram, keyed);
    if (wrong == null && Envelope.kind(datagram) != kind) {
      wrong = Rejection.UNKNOWN_KIND;
    }
    if (wrong != null) {
      return rejected(wrong);
    }
    Session session = byIndex.get(Envelope.session(datagram) & 0xFFFFFFFFL);
    if (session == null) {
      return rejected(Rejection.UNKNOWN_SESSION);
    }
    if (nowNanos >= session.expiresNanos) {
      return rejected(Rejection.EXPIRED_SESSION);
    }
    wrong = session.open(datagram, body);
    if (wrong != null) {
      return rejected(wrong);
    }
    body.flip();
    lastRejection = null;
    Line line = lines.get(session.keys().peer().name());
    if (line != null) {
      line.heardNanos = nowNanos;
      if (line.next == session) {
        promote(nowNanos, line, session);
      }
    }
    return session;
  }

  private @Nullable Session rejected(Rejection reason) {
    body.limit(0);
    counters.reject(reason);
    lastRejection = reason;
    return null;
  }

  private @Nullable ByteBuffer refuse(Rejection reason) {
    counters.reject(reason);
    lastRejection = reason;
    return null;
  }

  private @Nullable Session sending(long nowNanos, Line line) {
    Session next = line.next;
    if (next != null && nowNanos >= next.sendFromNanos) {
      promote(nowNanos, line, next);
    }
    Session sending = line.sending;
    return sending == null || nowNanos >= sending.expiresNanos ? null : sending;
  }

  private @Nullable ByteBuffer seal(Session session, int kind, ByteBuffer content) {
    if (content.remaining() > Envelope.MAX_DATAGRAM_BYTES - overhead()) {
      return refuse(Rejection.BODY_TOO_LONG);
    }
    if (session.sent() >= Session.MAX_PACKETS) {
      return refuse(Rejection.EXPIRED_SESSION);
    }
    sealed.clear();
    session.seal(kind, content, sealed);
    if (session.sent() >= settings.rekeyPackets() && !session.renewalAsked) {
      session.renewalAsked = true;
      renewal.accept(session.keys().peer());
    }
    lastRejection = null;
    return sealed.flip();
  }

  private void promote(long nowNanos, Line line, Session session) {
    if (line.sending != null) {
      expire(nowNanos, line.sending);
    }
    line.sending = session;
    line.next = null;
  }

  private void expire(long nowNanos, Session session) {
    session.expiresNanos =
        Math.min(session.expiresNanos, nowNanos + settings.rekeyOverlap().toNanos());
  }

  /// Drops what has expired: half-open sessions of strangers must not pile up.
  private void sweep(long nowNanos) {
    if (nowNanos < sweepNanos) {
      return;
    }
    sweepNanos = nowNanos + SWEEP_NANOS;
    for (Line line : List.copyOf(lines.values())) {
      for (Session session : List.copyOf(line.receiving)) {
        if (nowNanos >= session.expiresNanos) {
          drop(line, session);
        }
      }
    }
  }

  private void dropOtherLives(Line line, PeerId life) {
    for (Session session : List.copyOf(line.receiving)) {
      if (!session.keys().peer().equals(life)) {
        drop(line, session);
      }
    }
  }

  private static Session oldestIdle(Line line) {
    for (Session session : line.receiving) {
      if (session != line.sending && session != line.next) {
        return session;
      }
    }
    return line.receiving.getFirst();
  }

  private void drop(Line line, Session session) {
    line.receiving.remove(session);
    byIndex.remove(index(session.keys()));
    if (line.sending == session) {
      line.sending = line.next;
      line.next = null;
    } else if (line.next == session) {
      line.next = null;
    }
    if (line.receiving.isEmpty()) {
      lines.remove(session.keys().peer().name());
    }
  }

  private static long index(SessionKeys keys) {
    return keys.localIndex() & 0xFFFFFFFFL;
  }
}
