package io.euryale.overlay;

import io.euryale.kernel.Core;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.Home;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The control core of a sensor, client or observer: finds the peers to attach to and keeps the
/// list fresh [0 §III.b][1 §3.2].
///
/// A sensor attaches to the first contact that answers, then that peer's siblings; a client or an
/// observer to the members of the root cell, its coordinator first, unless it wants to stay near
/// its contacts as a sensor does. The list is asked for again every second and at once when the
/// link asked over is lost. When who was asked does not answer, the peers attached to and the
/// contacts are asked in turn, one of these and one of those: a sibling first, so that a sensor
/// stays in a cell that lives; then spares: peers elsewhere in the overlay that answers named, the
/// last named first. So an attachment outlives its contacts and all whom it was attached to. Each
/// is dialled at once the first time round; when nobody answered, dials take their pauses. The core
/// belongs to one loop; the consumers are called on its thread.
public final class Attachment implements Core {

  private static final long REFRESH_NANOS = 1_000_000_000L;
  private static final long ANSWER_NANOS = 600_000_000L;
  private static final long STATUS_NANOS = 3_000_000_000L;

  /// Most peers of a kind that are asked besides the contacts: who lies must not make the contacts
  /// wait long for their turn.
  private static final int MOST_ASKED = 32;

  private final Role role;
  private final boolean near;
  private final PeerRef self;
  private final List<Endpoint> contacts;
  private final Home home;
  private final Consumer<List<PeerRef>> onAttachmentPoints;
  private final Links links;
  private final WireReader reader = new WireReader();
  private final List<Request> requests = new ArrayList<>();
  private final Enquiries enquiries;

  /// Peers that were named besides those attached to, the last named last.
  private final Map<PeerName, PeerRef> spares = new LinkedHashMap<>();

  private List<PeerRef> points = List.of();

  /// The members of the root cell, as last told to a client or an observer.
  private List<PeerRef> root = List.of();

  private @Nullable Endpoint asked;

  /// Who was asked in vain since somebody answered.
  private final Set<String> tried = new HashSet<>();

  /// Not all were asked in vain since somebody answered.
  private boolean isFirstRound = true;

  private boolean answered;
  private long answeredNanos;
  private long deadlineNanos = Long.MAX_VALUE;
  private long nowNanos;

  private static final class Request {
    final Consumer<OverlayStatus> to;
    final List<CellView> cells = new ArrayList<>();

    /// Whose pages these are: pages of two peers make no whole.
    @Nullable PeerId from;

    int page;
    int turn;
    long repeatNanos;
    long untilNanos = Long.MIN_VALUE;

    Request(Consumer<OverlayStatus> to) {
      this.to = to;
    }
  }

  /// @param contacts control-port addresses of peers, at least one
  /// @param onAttachmentPoints told the list when it changed; never empty
  public Attachment(
      Role role,
      PeerRef self,
      List<Endpoint> contacts,
      Home home,
      Consumer<List<PeerRef>> onAttachmentPoints) {
    this(role, role == Role.SENSOR, self, contacts, home, onAttachmentPoints);
  }

  /// @param near whether to attach to the cell of a contact, as sensors do, or to the root cell
  public Attachment(
      Role role,
      boolean near,
      PeerRef self,
      List<Endpoint> contacts,
      Home home,
      Consumer<List<PeerRef>> onAttachmentPoints) {
    this.near = near;
    if (contacts.isEmpty()) {
      throw new IllegalArgumentException("An attachment needs at least one contact address");
    }
    this.role = role;
    this.self = self;
    this.contacts = List.copyOf(contacts);
    this.home = home;
    this.onAttachmentPoints = onAttachmentPoints;
    links = new Links(home, self);
    enquiries = new Enquiries(links);
  }

  /// Fetches the directory from the root coordinator, found through any peer; the answer is partial
  /// ([OverlayStatus#complete] false) when only another peer could be asked within 3 s, and empty
  /// (no `from`) when nobody could. Only from the core's thread.
  public void requestStatus(Consumer<OverlayStatus> onStatus) {
    requests.add(new Request(onStatus));
    home.wakeAt(nowNanos);
  }

  /// Asks a peer to drain: to leave the overlay once nothing needs it any more. Only from the
  /// core's thread.
  ///
  /// @param onAnswer told within 3 s; [DrainAnswer#NONE] when there was no answer
  public void requestDrain(PeerRef peer, Consumer<DrainAnswer> onAnswer) {
    enquiries.drain(nowNanos, peer, onAnswer);
    home.wakeAt(nowNanos);
  }

  /// Asks a peer for what happened to it after an event. Only from the core's thread.
  ///
  /// @param after sequence of the last event known; 0 for all that are kept
  /// @param onEvents told within 3 s; [LoggedEvents#NOTHING] when there was no answer
  public void requestEvents(PeerRef peer, long after, Consumer<LoggedEvents> onEvents) {
    enquiries.events(nowNanos, peer, after, onEvents);
    home.wakeAt(nowNanos);
  }

  /// Looks for something, by way of the peer attached to. Only from the core's thread.
  ///
  /// @param onFindings told within 3 s; [Findings#NOTHING] when there was no answer
  public void find(Query query, Consumer<Findings> onFindings) {
    enquiries.find(nowNanos, query, onFindings);
    home.wakeAt(nowNanos);
  }

  /// Tells all there is, and every change, until [#unwatch]. Only from the core's thread.
  public long watch(Query query, Consumer<Findings> onFindings) {
    long watch = enquiries.watch(nowNanos, query, onFindings);
    home.wakeAt(nowNanos);
    return watch;
  }

  public void unwatch(long watch) {
    enquiries.unwatch(watch);
  }

  /// Another peer serves now, and is asked from now on: who was asked before may be cut off, and
  /// so name none of the others. Only from the core's thread.
  public void servedBy(long now, PeerRef peer) {
    nowNanos = now;
    Endpoint current = asked;
    if (current == null || !current.toString().equals(peer.endpoint().toString())) {
      asked = peer.endpoint();
      ask();
      arm();
    }
  }

  /// The peers that are known do not serve, so somebody else is asked: it may be cut off. Only
  /// from the core's thread.
  public void unserved(long now) {
    nowNanos = now;
    if (answered) { // Else somebody else is being asked.
      next();
      arm();
    }
  }

  /// When a peer with a place in the overlay answered last, in the time of the core; its start
  /// while none has. Peers are asked every second. Only from the core's thread.
  public long answeredNanos() {
    return answeredNanos;
  }

  @Override
  public void start(long now) {
    nowNanos = now;
    answeredNanos = now;
    ask();
    arm();
  }

  @Override
  public void linkUp(long now, int link, Hello remote) {
    nowNanos = now;
    links.linkUp(now, link, remote);
    arm();
  }

  @Override
  public void linkDown(long now, int link, String reason) {
    nowNanos = now;
    boolean serving = isAsked(link);
    links.linkDown(link);
    if (serving) {
      observe("ATTACHMENT_LOST", reason);
      next();
    }
    arm();
  }

  @Override
  public void dialFailed(long now, int link, String reason) {
    nowNanos = now;
    if (isAsked(link)) {
      next();
    }
    arm();
  }

  @Override
  public void timerDue(long now) {
    nowNanos = now;
    if (deadlineNanos <= now) {
      if (answered) {
        ask();
      } else {
        next();
      }
    }
    for (Request request : List.copyOf(requests)) {
      statusTimerDue(request);
    }
    enquiries.timerDue(now, asked);
    links.sweep(now);
    arm();
  }

  @Override
  public void frame(long now, int link, ByteBuffer frame) {
    nowNanos = now;
    Hello remote = links.remote(link);
    if (remote == null || remote.role() != Role.PEER) {
      return;
    }
    links.heard(link, remote.self());
    switch (CellCodec.decode(reader, frame)) {
      case Decoded.Ok<CellMessage> ok -> message(remote.self(), link, ok.message());
      case Decoded.Unknown<CellMessage> _ -> {}
      case Decoded.Malformed<CellMessage> malformed -> {
        observe("MALFORMED", malformed.reason());
        links.drop(link);
      }
    }
    arm();
  }

  private void message(PeerRef from, int link, CellMessage message) {
    if (message instanceof CellMessage.AttachReply reply && isAsked(link)) {
      if (reply.cell().isEmpty()) {
        if (isFirstRound) {
          next();
        }
        return; // Not a member at present, as one that has just started.
      }
      answered = true;
      isFirstRound = true;
      tried.clear();
      answeredNanos = nowNanos;
      deadlineNanos = nowNanos + REFRESH_NANOS;
      spare(near ? reply.rootCell() : reply.cell());
      spare(reply.spares());
      if (role != Role.SENSOR && !reply.rootCell().equals(root)) {
        root = List.copyOf(reply.rootCell());
        requests.forEach(request -> request.turn = 0); // There may be another root coordinator.
      }
      publish(near ? reply.cell() : reply.rootCell());
    } else if (message instanceof CellMessage.StatusReply reply) {
      for (Request request : List.copyOf(requests)) {
        status(from, request, reply);
      }
    } else {
      enquiries.answered(from, message);
    }
  }

  private void publish(List<PeerRef> found) {
    if (!found.isEmpty() && !found.equals(points)) {
      spare(points);
      points = List.copyOf(found);
      observe("ATTACHED", points.toString());
      onAttachmentPoints.accept(points);
    }
  }

  /// Some of each kind, for one long list must not displace what others told.
  private void spare(List<PeerRef> named) {
    for (PeerRef peer : named.subList(0, Math.min(CellMessage.MAX_SPARES, named.size()))) {
      spares.remove(peer.name());
      spares.put(peer.name(), peer);
    }
    while (spares.size() > MOST_ASKED) {
      spares.remove(spares.keySet().iterator().next());
    }
  }

  private void next() {
    if (asked != null) {
      tried.add(asked.toString());
      asked = null;
    }
    ask();
  }

  /// Asks the peer that served last, or else the next one known. A sensor's first choice is the
  /// contact its operator wrote first.
  private void ask() {
    Endpoint current = asked;
    if (current == null) {
      current = firstUntried();
      asked = current;
      if (isFirstRound) {
        links.dialAnew(current);
      }
    }
    answered = false;
    deadlineNanos = nowNanos + ANSWER_NANOS;
    links.send(nowNanos, current, new CellMessage.Attach(role));
  }

  private Endpoint firstUntried() {
    List<Endpoint> known = known();
    for (Endpoint each : known) {
      if (!tried.contains(each.toString())) {
        return each;
      }
    }
    tried.clear();
    isFirstRound = false;
    return known.getFirst();
  }

  /// Whoever may be asked, each once or twice, in order.
  private List<Endpoint> known() {
    List<Endpoint> known = new ArrayList<>();
    int near = Math.min(MOST_ASKED, points.size());
    if (near > 0) {
      known.add(points.getFirst().endpoint()); // Mostly the one that does not answer.
    }
    for (int i = 0; i < Math.max(near - 1, contacts.size()); i++) {
      if (i < near - 1) {
        known.add(points.get(i + 1).endpoint());
      }
      if (i < contacts.size()) {
        known.add(contacts.get(i));
      }
    }
    List.copyOf(spares.values()).reversed().forEach(spare -> known.add(spare.endpoint()));
    return known;
  }

  private boolean isAsked(int link) {
    Endpoint current = asked;
    return current != null && current.toString().equals(links.address(link));
  }

  private void statusTimerDue(Request request) {
    if (request.untilNanos == Long.MIN_VALUE) {
      request.untilNanos = nowNanos + STATUS_NANOS;
    }
    if (nowNanos >= request.untilNanos) {
      finish(request, new OverlayStatus(null, "UNREACHABLE", null, null, request.cells, false));
    } else if (nowNanos >= request.repeatNanos) {
      request.repeatNanos = nowNanos + ANSWER_NANOS;
      request.cells.clear();
      request.from = null;
      request.page = 0;
      askForStatus(request);
    }
  }

  /// Asks the root coordinator, and when it does not answer the other peers of the root cell in
  /// turn, for one of them takes over; at last whoever answers this attachment.
  private void askForStatus(Request request) {
    CellMessage ask = new CellMessage.StatusRequest(0);
    Endpoint current = asked;
    boolean lastResort = request.untilNanos - nowNanos <= ANSWER_NANOS;
    if (!root.isEmpty() && !lastResort) {
      links.send(nowNanos, root.get(request.turn++ % root.size()), ask);
    } else if (current != null) {
      links.send(nowNanos, current, ask);
    }
  }

  private void status(PeerRef from, Request request, CellMessage.StatusReply reply) {
    boolean lastResort = request.untilNanos - nowNanos <= ANSWER_NANOS;
    PeerId source = request.from == null ? from.id() : request.from;
    if (!from.id().equals(source)
        || reply.page() != request.page
        || !(reply.complete() || lastResort)) {
      return;
    }
    request.from = source;
    request.cells.addAll(reply.cells());
    request.page++;
    request.repeatNanos = nowNanos + ANSWER_NANOS;
    if (request.page >= reply.pages()) {
      finish(
          request,
          new OverlayStatus(
              from, reply.phase(), reply.own(), reply.parent(), request.cells, reply.complete()));
    } else {
      links.send(nowNanos, from, new CellMessage.StatusRequest(request.page));
    }
  }

  private void finish(Request request, OverlayStatus status) {
    requests.remove(request);
    request.to.accept(status);
  }

  private void observe(String event, String text) {
    home.observe(TraceEvent.of(event, "who", self.id().toString(), "text", text));
  }

  private void arm() {
    long next = Math.min(deadlineNanos, enquiries.nextDeadline());
    for (Request request : requests) {
      next = Math.min(next, request.untilNanos == Long.MIN_VALUE ? nowNanos : request.repeatNanos);
    }
    home.wakeAt(next);
  }
}
