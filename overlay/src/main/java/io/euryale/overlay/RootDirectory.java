package io.euryale.overlay;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the root coordinator knows of the tree, and where it puts joining peers [1 §3.2].
///
/// Soft state: cells report themselves and are forgotten when they stop, earlier when their members
/// ask for places or stand elsewhere. Existing cells are filled first, the shallowest first, then a
/// new one is opened, breadth-first; a cell is open only while the cell above it is known. A joiner
/// that asks for a cell gets it while that is open, or can be opened. A place given is reserved for
/// a while, so that two joiners never found the same cell: the second is told to bind to the
/// founder.
///
/// Pure: time is an argument. One owner.
final class RootDirectory {

  /// The answer to a joiner: a place or a refusal.
  sealed interface Answer {
    record Place(CellId cell, List<PeerRef> members, List<PeerRef> above) implements Answer {}

    record No(Refusal refusal, String text) implements Answer {}
  }

  /// A peer that should change its cell.
  record Move(PeerRef peer, CellId from, CellId to) {}

  /// @param away members that have asked for a place since the cell reported
  private record Entry(CellView view, long heardNanos, Set<PeerId> away) {
    Entry(CellView view, long heardNanos) {
      this(view, heardNanos, new HashSet<>());
    }

    /// A member asks for a place, so it has none.
    ///
    /// @return whether the cell has lost all
    boolean loses(PeerRef joiner) {
      if (view.lists(joiner.id())) {
        away.add(joiner.id());
      }
      return away.size() == view.members().size() && !view.cell().isRoot();
    }
  }

  /// Cells beyond these are not known, and nobody is placed below them.
  static final int MAX_CELLS = 16_384;

  /// Views that would make more peers than these known are not taken.
  static final int MAX_PEERS = 65_536;

  /// Places given and not yet taken; whoever asks beyond these asks again.
  private static final int MAX_RESERVATIONS = 8_192;

  private OverlaySettings settings;
  private final CellRules rules;
  private final Map<CellId, Entry> cells = new TreeMap<>();
  private final Reservations reservations = new Reservations();
  private long changedNanos = Long.MIN_VALUE;
  private long resumedNanos = Long.MIN_VALUE;

  /// The last order to change a cell.
  private @Nullable Move ordered;

  RootDirectory(OverlaySettings settings, CellRules rules) {
    this.settings = settings;
    this.rules = rules;
  }

  /// From now on another shape counts: for who joins next; nobody is moved for it.
  void use(OverlaySettings next) {
    settings = next;
  }

  /// How long a cell is known without a report.
  static long expiryNanos(OverlaySettings settings) {
    return settings.reportPeriod().toNanos() * 5;
  }

  /// How long a place stays reserved without the joiner repeating itself.
  private long reservationNanos() {
    return settings.requestTimeout().toNanos() * 12;
  }

  /// Takes a cell's report.
  ///
  /// @return the view that lost against another of the same cell and has to be fenced, or null
  @Nullable CellView record(long nowNanos, CellView view) {
    forget(nowNanos);
    Entry known = cells.get(view.cell());
    if (known != null && rules.compare(view, known.view()) < 0) {
      boolean rival = !view.term().equals(known.view().term());
      return rival ? view : null;
    }
    if ((known == null && cells.size() >= MAX_CELLS) || !fits(known, view)) {
      return null;
    }
    if (view.cell().isRoot() && known != null && !known.view().term().equals(view.term())) {
      recall();
    }
    cells.put(view.cell(), new Entry(view, nowNanos));
    if (known == null || !known.view().peers().equals(view.peers())) {
      changedNanos = nowNanos;
    }
    for (PeerRef peer : view.peers()) {
      Reservations.Reservation reserved = reservations.get(peer.name());
      // Who is listed anew in another cell did not want the place kept for it, or wants it no more.
      boolean listedAnew = known == null || known.view().named(peer.name()) == null;
      if (reserved != null && (reserved.cell().equals(view.cell()) || listedAnew)) {
        reservations.remove(peer.name());
      }
    }
    return known == null || known.view().term().equals(view.term()) ? null : known.view();
  }

  private boolean fits(@Nullable Entry known, CellView view) {
    int before = known == null ? 0 : known.view().members().size();
    int added = view.members().size() - before;
    return added <= 0
        || cells.values().stream().mapToInt(entry -> entry.view().members().size()).sum() + added
            <= MAX_PEERS;
  }

  private boolean isBusy(PeerRef joiner) {
    return reservations.size() >= MAX_RESERVATIONS && reservations.get(joiner.name()) == null;
  }

  /// Finds a place for a joiner and reserves it.
  Answer place(long nowNanos, PeerRef joiner, @Nullable CellId former) {
    forget(nowNanos);
    Answer.No no = conflict(joiner);
    if (no != null) {
      return no;
    }
    if (isBusy(joiner)) {
      return new Answer.No(Refusal.BUSY, Joiner.refusalText(Refusal.BUSY));
    }
    // Who asks for a place has none: a cell whose members all do is gone. It must not attract the
    // peers below it, nor may its members be sent to each other.
    cells.values().removeIf(entry -> entry.loses(joiner));
    forgetDeserted(nowNanos);
    Reservations.Reservation reserved = reservations.remove(joiner.name());
    CellId cell = reserved == null ? null : reserved.cell();
    if (cell == null || !isOpen(cell, joiner)) {
      cell = former != null && isOpen(former, joiner) ? former : null;
    }
    if (cell == null) {
      cell = firstOpen(joiner);
    }
    boolean quiet = nowNanos - changedNanos >= expiryNanos(settings) && reservations.isEmpty();
    if (cell == null && !quiet) {
      // Peers are on the move: some may still be counted where they are no longer.
      return new Answer.No(Refusal.BUSY, Joiner.refusalText(Refusal.BUSY));
    }
    if (cell == null) {
      return new Answer.No(
          Refusal.OVERLAY_FULL,
          "all "
              + cells.size()
              + " cells are full: raise depth, span or peersPerCell, or stop a peer");
    }
    return reserve(nowNanos, joiner, cell);
  }

  /// Validates a join: the place must still be the joiner's, or free.
  ///
  /// @return null for welcome
  @Nullable Refusal validate(long nowNanos, PeerRef joiner, CellId cell, boolean founds) {
    forget(nowNanos);
    Answer.No no = conflict(joiner);
    if (no != null) {
      return no.refusal();
    }
    if (isBusy(joiner)) {
      return Refusal.BUSY;
    }
    Reservations.Reservation reserved = reservations.get(joiner.name());
    boolean mine = reserved != null && reserved.cell().equals(cell);
    Entry known = cells.get(cell);
    boolean founded = known != null && known.view().peers().stream().anyMatch(p -> !is(p, joiner));
    if (founds && founded) {
      return Refusal.PLACE_TAKEN;
    }
    if (!mine && (!isOpen(cell, joiner) || (founds && reservations.founderOf(cell) != null))) {
      return Refusal.PLACE_TAKEN;
    }
    long until = nowNanos + reservationNanos();
    reservations.put(new Reservations.Reservation(joiner, cell, founds, until));
    return null;
  }

  /// An earlier life of the joiner that is still listed, or null.
  @Nullable PeerRef elder(PeerRef joiner) {
    for (Entry entry : cells.values()) {
      CellView.Member named = entry.view().named(joiner.name());
      if (named != null && joiner.id().supersedes(named.id())) {
        return named.peer();
      }
    }
    return null;
  }

  /// The peers of level 1, most senior of each cell first: in this order they would found a new
  /// root cell, so that no level-1 cell is emptied before the others.
  List<PeerRef> levelOne() {
    List<PeerRef> peers = new ArrayList<>();
    for (int rank = 0; rank < settings.capacity(1); rank++) {
      for (Entry entry : cells.values()) {
        List<PeerRef> members = entry.view().peers();
        boolean fits = peers.size() < RootNews.MAX_LEVEL_ONE;
        if (fits && entry.view().cell().level() == 1 && rank < members.size()) {
          peers.add(members.get(rank));
        }
      }
    }
    return peers;
  }

  /// This peer was stopped: what it heard before says nothing about who is behind it now.
  void resumed(long nowNanos) {
    resumedNanos = nowNanos;
  }

  /// How many peers stand in cells that reported within the last period and a half: reports of deep
  /// cells are collected for a moment on each level.
  int weight(long nowNanos) {
    long freshNanos = freshNanos(nowNanos);
    int peers = 0;
    for (Entry entry : cells.values()) {
      peers += entry.heardNanos() >= freshNanos ? entry.view().members().size() : 0;
    }
    return peers;
  }

  private long freshNanos(long nowNanos) {
    return Math.max(resumedNanos, nowNanos - settings.reportPeriod().toNanos() * 3 / 2);
  }

  /// A cell that misses its report while its members stand in others, or ask for a place, has
  /// dissolved unnoticed: it would count as full, or send joiners to nobody, until it expires.
  private void forgetDeserted(long nowNanos) {
    long freshNanos = freshNanos(nowNanos);
    List<Entry> late =
        cells.values().stream()
            .filter(entry -> entry.heardNanos() < freshNanos && !entry.view().cell().isRoot())
            .toList();
    if (late.isEmpty()) {
      return;
    }
    Set<PeerId> standing = new HashSet<>();
    for (Entry entry : cells.values()) {
      if (entry.heardNanos() >= freshNanos) {
        entry.view().peers().forEach(peer -> standing.add(peer.id()));
      }
    }
    for (Entry entry : late) {
      if (entry.view().peers().stream()
          .allMatch(peer -> standing.contains(peer.id()) || entry.away().contains(peer.id()))) {
        cells.remove(entry.view().cell());
      }
    }
  }

  /// Finds a peer for the first cell that has too few: from the last cell without cells below it,
  /// in breadth-first order; or, when that last cell is the one with too few, a place for its
  /// peers. Every move goes to an earlier cell, so that moving comes to an end. One at a time, and
  /// only when nothing has changed for two report periods: moving interrupts.
  ///
  /// @return null when all is well, or too little is known
  @Nullable Move rebalance(long nowNanos) {
    forget(nowNanos);
    boolean quiet = nowNanos - changedNanos > 2 * settings.reportPeriod().toNanos();
    if (!quiet || !reservations.isEmpty()) {
      return null;
    }
    Move move = moveUp();
    if (move != null) {
      reserve(nowNanos, move.peer(), move.to());
      ordered = move;
      changedNanos = nowNanos;
    }
    return move;
  }

  /// Nobody obeys an order of a former term any more: the place kept for it is free.
  private void recall() {
    Move move = ordered;
    ordered = null;
    Reservations.Reservation kept = move == null ? null : reservations.get(move.peer().name());
    if (move != null && kept != null && kept.cell().equals(move.to())) {
      reservations.remove(move.peer().name());
    }
  }

  private @Nullable Move moveUp() {
    Set<CellId> above = new HashSet<>();
    cells.keySet().stream().filter(cell -> !cell.isRoot()).forEach(c -> above.add(c.parent()));
    Entry donor = null;
    for (Entry entry : cells.values()) {
      donor = above.contains(entry.view().cell()) ? donor : entry;
    }
    if (donor == null) {
      return null;
    }
    CellId from = donor.view().cell();
    PeerRef last = donor.view().peers().getLast();
    boolean tooFew = donor.view().members().size() < settings.fewest(from.level());
    for (Entry entry : cells.values()) {
      CellId to = entry.view().cell();
      if (to.compareTo(from) >= 0) {
        return null;
      }
      int members = entry.view().members().size();
      if (isOpen(to, last) && (tooFew || members < settings.fewest(to.level()))) {
        return new Move(last, from, to);
      }
    }
    return null;
  }

  List<CellView> views() {
    return cells.values().stream().map(Entry::view).toList();
  }

  private Answer.@Nullable No conflict(PeerRef joiner) {
    for (Entry entry : cells.values()) {
      CellView.Member named = entry.view().named(joiner.name());
      if (named == null) {
        continue;
      }
      if (named.id().supersedes(joiner.id())) {
        return new Answer.No(
            Refusal.SUPERSEDED,
            named.id() + " has joined since: stop one of the two processes of this name");
      }
      if (named.id().equals(joiner.id()) && !named.peer().endpoint().equals(joiner.endpoint())) {
        return new Answer.No(
            Refusal.NAME_TAKEN,
            named.peer() + " has this name already: give one of the two another name");
      }
    }
    return null;
  }

  private Answer reserve(long nowNanos, PeerRef joiner, CellId cell) {
    Entry known = cells.get(cell);
    List<PeerRef> members = new ArrayList<>();
    if (known != null) {
      members.add(known.view().coordinatorRef());
      known.view().peers().stream().filter(p -> !members.contains(p)).forEach(members::add);
      members.removeIf(peer -> is(peer, joiner) || known.away().contains(peer.id()));
    } else {
      PeerRef founder = reservations.founderOf(cell);
      if (founder != null) {
        members.add(founder);
      }
    }
    long until = nowNanos + reservationNanos();
    reservations.put(new Reservations.Reservation(joiner, cell, members.isEmpty(), until));
    Entry above = cell.isRoot() ? null : cells.get(cell.parent());
    return new Answer.Place(cell, members, above == null ? List.of() : above.view().peers());
  }

  private @Nullable CellId firstOpen(PeerRef joiner) {
    for (CellId cell : known()) {
      if (isOpen(cell, joiner)) {
        return cell;
      }
    }
    for (CellId above : cells.keySet()) {
      for (int branch = 0; above.level() + 1 < settings.depth() && branch < settings.span(); ) {
        CellId cell = above.child(branch++);
        if (isOpen(cell, joiner)) {
          return cell;
        }
      }
    }
    return null;
  }

  /// Cells that exist or are being founded, breadth-first.
  private List<CellId> known() {
    Set<CellId> known = new HashSet<>(cells.keySet());
    known.addAll(reservations.cells());
    return known.stream().sorted(Comparator.naturalOrder()).toList();
  }

  private boolean isOpen(CellId cell, PeerRef joiner) {
    if (cell.level() >= settings.depth() || cell.path().getLast() >= settings.span()) {
      return false;
    }
    boolean hanging = !cell.isRoot() && !cells.containsKey(cell.parent());
    return !hanging && rules.hasRoom(occupants(cell, joiner), settings.capacity(cell.level()));
  }

  /// How many are in a cell or on their way there.
  private int occupants(CellId cell, PeerRef joiner) {
    Entry known = cells.get(cell);
    int count = 0;
    for (PeerName expected : reservations.in(cell)) {
      boolean there = known != null && known.view().named(expected) != null;
      count += there || expected.equals(joiner.name()) ? 0 : 1;
    }
    if (known != null) {
      count += known.view().members().size() - (known.view().named(joiner.name()) == null ? 0 : 1);
    }
    return count;
  }

  private void forget(long nowNanos) {
    long expiryNanos = expiryNanos(settings);
    cells.values().removeIf(entry -> entry.heardNanos() + expiryNanos <= nowNanos);
    reservations.expire(nowNanos);
  }

  private static boolean is(PeerRef peer, PeerRef joiner) {
    return peer.name().equals(joiner.name());
  }
}
