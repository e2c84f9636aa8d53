package io.euryale.overlay;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What control cores say to each other. The layouts are drawn in [CellCodec]; who sends what to
/// whom and when is told in the package's documentation.
sealed interface CellMessage {

  /// Most hops a join or report takes: two for each level, up.
  int MAX_ROUTE = 2 * CellId.MAX_DEPTH;

  /// Most spare peers that an answer to a process outside names.
  int MAX_SPARES = 8;

  /// "I am here; are you?", with where the sender stands (null: not a member). The pings of every
  /// ping period count up from 1; who asks besides uses 0, or less when the answer must be told
  /// from others.
  record Ping(long sequence, @Nullable Standing standing) implements CellMessage {

    /// Whether one like it follows in a ping period. Who pings the sender as often, over the same
    /// link, answers by that.
    boolean isPeriodic() {
      return sequence > 0;
    }
  }

  /// The answer to a ping (its sequence) or to a probe (sequence 0).
  record Pong(long sequence, @Nullable Standing standing) implements CellMessage {}

  /// Asks the root coordinator for a cell; `former`, its last one or the one it
  /// belongs to, is preferred when there is room.
  record BindingRequest(PeerRef joiner, @Nullable CellId former) implements CellMessage {}

  /// "Ask these": the root cell, its coordinator first.
  record Redirect(List<PeerRef> rootCell) implements CellMessage {}

  /// The place reserved: a cell, its members (coordinator first; empty means the joiner founds it)
  /// and the members of the cell above (empty for the root cell).
  record BindingReply(CellId cell, List<PeerRef> members, List<PeerRef> above)
      implements CellMessage {}

  /// A request of a joining peer was refused; `text` says what to do.
  record Refused(Refusal refusal, String text) implements CellMessage {}

  /// Asks a cell's coordinator whether it expects the joiner.
  record Bind(PeerRef joiner, CellId cell) implements CellMessage {}

  record BindReply(CellView view) implements CellMessage {}

  /// Asks a member of the cell above to be the parent of a peer in `cell`.
  record ParentRequest(PeerRef child, CellId cell) implements CellMessage {}

  /// "I am your parent", with the parent's cell.
  record ParentReply(CellView above, RootNews news) implements CellMessage {}

  /// Travels up to the root coordinator, which validates it; each hop adds itself to the route.
  record Join(PeerRef joiner, CellId cell, boolean founds, List<PeerRef> route)
      implements CellMessage {}

  /// Travels the route of the join back; null `refusal` means welcome.
  record JoinReply(PeerId joiner, @Nullable Refusal refusal, List<PeerRef> route)
      implements CellMessage {}

  /// Asks the coordinator to add the validated joiner to the view; `followed` is the highest term
  /// the joiner followed in this cell before, which the cell's next view has to reach.
  record Enter(PeerRef joiner, CellId cell, @Nullable PeerId parent, @Nullable Term followed)
      implements CellMessage {}

  /// A cell's view, to its members and to whoever shows an older one.
  record View(CellView view, RootNews news) implements CellMessage {}

  /// The cell above, from a parent to its children.
  record Above(CellView view, RootNews news) implements CellMessage {}

  /// A cell's view on its way up to the root coordinator.
  record Report(CellView view, int hops) implements CellMessage {}

  /// Views of cells below the sender's, on their way up together.
  record Reports(List<CellView> views, int hops) implements CellMessage {}

  /// "This view of your cell has won over yours."
  record Fenced(CellView winner) implements CellMessage {}

  /// Sent to lost members and contacts, so that the halves of a healed network meet.
  record Probe(CellView view, RootNews news) implements CellMessage {}

  /// News of a root cell with a higher term than the receiver knows.
  record News(RootNews news) implements CellMessage {}

  /// "I leave this cell."
  record Leave(PeerId peer, CellId cell) implements CellMessage {}

  record LeaveReply(PeerId peer) implements CellMessage {}

  /// A level-1 peer that lost the root asks the others of its level.
  record OrphanQuery(Term rootTerm) implements CellMessage {}

  /// Whether the answering peer lost the root as well.
  record OrphanReply(boolean orphan, RootNews news) implements CellMessage {}

  /// A later life of this name has been admitted.
  record Superseded(PeerId newer) implements CellMessage {}

  /// A sensor, client or observer asks whom to attach to.
  record Attach(Role role) implements CellMessage {}

  /// The answering peer's cell (itself first) and the root cell (coordinator first); both empty
  /// while it is not a member.
  ///
  /// @param spares some peers elsewhere, to ask when nobody of those known answers any more; others
  /// each time, at most [#MAX_SPARES]
  record AttachReply(List<PeerRef> cell, List<PeerRef> rootCell, List<PeerRef> spares)
      implements CellMessage {}

  /// "I suspect the other member of my cell of two": to the coordinator of the cell above, which
  /// decides who keeps the cell.
  record Accusation(CellId cell, PeerRef accuser, PeerRef accused) implements CellMessage {}

  /// Who keeps a cell whose two members lost each other.
  record Verdict(CellId cell, PeerId keeper) implements CellMessage {}

  /// "Leave your cell and join that one": from the root coordinator of this term.
  record Move(Term rootTerm, CellId to) implements CellMessage {}

  /// What peers offer, on its way to the top.
  record Adverts(List<Offer> offers) implements CellMessage {}

  /// A query on its way to the top [1 §3.2]; who passes it on adds itself to the route.
  ///
  /// @param id of the first on the route, or of the asking process outside
  /// @param leaseMillis how long changes are to be told; 0 for one answer
  /// @param known digest of the findings last told; 0 for none
  /// @param route empty from outside
  record Find(long id, Query query, long leaseMillis, long known, List<PeerRef> route)
      implements CellMessage {}

  /// The answer, along the route back.
  record Found(long id, List<PeerRef> route, Findings findings) implements CellMessage {}

  /// In an overlay without cells: "I am here, and I hear these."
  record Mesh(List<PeerRef> heard) implements CellMessage {}

  /// An operator asks a peer to leave once nothing needs it any more.
  record DrainRequest() implements CellMessage {}

  /// Whether the peer will.
  record DrainReply(DrainAnswer answer) implements CellMessage {}

  /// An operator asks for the events after the one known.
  record EventsRequest(long after) implements CellMessage {}

  record EventsReply(LoggedEvents events) implements CellMessage {}

  record StatusRequest(int page) implements CellMessage {}

  /// One page of a status.
  ///
  /// @param pages how many pages there are; at least 1
  record StatusReply(
      int page,
      int pages,
      boolean complete,
      String phase,
      @Nullable CellView own,
      @Nullable PeerRef parent,
      List<CellView> cells)
      implements CellMessage {}
}
