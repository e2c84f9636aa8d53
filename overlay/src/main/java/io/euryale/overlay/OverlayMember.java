package io.euryale.overlay;

import io.euryale.kernel.Core;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Home;
import io.euryale.kernel.PeerRef;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The control core of a peer: has a place in an overlay, and tells the other cores who is near.
///
/// What streams need of an overlay is the [Neighbourhood] only: siblings that keep copies, a parent
/// and its siblings that packets go to, or none at the top. Everything else is for operators and
/// for finding things. The core belongs to one loop; all methods, and the calls to the consumers,
/// happen on its thread.
public interface OverlayMember extends Core {

  /// Makes the member of the kind that the settings ask for.
  ///
  /// @param contacts control-port addresses of peers that may know the overlay; none besides this
  /// peer itself means that it founds one
  /// @param onNeighbourhood told every change of place, null when there is none
  /// @param onEvent told of joins, refusals, expulsions and the end of a leave
  static OverlayMember of(
      OverlaySettings settings,
      PeerRef self,
      List<Endpoint> contacts,
      Home home,
      Consumer<@Nullable Neighbourhood> onNeighbourhood,
      Consumer<MemberEvent> onEvent) {
    return switch (settings.kind()) {
      case CELLS -> new CellMember(settings, self, contacts, home, onNeighbourhood, onEvent);
      case MESH -> new MeshMember(settings, self, contacts, home, onNeighbourhood, onEvent);
    };
  }

  /// The cell to ask for first, because the peer belongs there: a station's peers into the
  /// station's cell. It is given when it has room or can be opened; otherwise any other is. Before
  /// [#start]; an overlay without cells ignores it.
  default void prefer(CellId cell) {}

  /// Who may administer the overlay, and find streams in it; everybody, unless this is called
  /// before the core starts.
  void guardedBy(OverlayRights rights);

  /// What this peer knows of the overlay.
  OverlayStatus status();

  /// How this peer is doing in it.
  OverlayHealth health(long nowNanos);

  /// How many control messages had no effect since the start, by reason; others never happened.
  Map<Rejection, Long> rejected();

  /// Leaves the overlay: tells those concerned, waits for their confirmations at most
  /// [OverlaySettings#leaveTimeout], then tells [MemberEvent.Left]. May be called once; afterwards
  /// the core stays silent.
  void leave(long nowNanos);

  /// From now on other settings count.
  ///
  /// @param settings of the same kind; anything else is ignored
  void reload(long nowNanos, OverlaySettings settings, List<Endpoint> contacts);

  /// What this peer has to offer from now on, in place of what it had; more than
  /// [Advert#MAX_OF_PEER] are cut.
  void advertise(long nowNanos, List<Advert> offered);

  /// Looks for something once. The answer comes within twelve request time-outs, perhaps in this
  /// call.
  void find(long nowNanos, Query query, Consumer<Findings> to);

  /// Tells all there is, and every change, until [#unwatch].
  ///
  /// @param query its `wanted` only bounds what is told
  /// @return what [#unwatch] takes
  long watch(long nowNanos, Query query, Consumer<Findings> to);

  void unwatch(long watch);
}
