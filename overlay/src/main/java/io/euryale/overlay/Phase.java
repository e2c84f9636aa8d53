package io.euryale.overlay;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerRef;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a peer is doing; each phase has only its own fields. Deadlines are points in local time at
/// which the request of the phase is repeated or given up.
sealed interface Phase {

  /// A place that the root reserved.
  record Place(CellId cell, List<PeerRef> members, List<PeerRef> above) {
    boolean founds() {
      return members.isEmpty();
    }
  }

  /// A parent, with its cell as the parent told it.
  record Parent(PeerRef peer, CellView cell) {}

  /// Built but not started.
  record Idle() implements Phase {}

  /// Asks one guide after the other for a binding cell.
  ///
  /// @param sinceNanos when a root was last heard of
  /// @param redirects redirections followed since the last pause
  record Seeking(
      List<Endpoint> guides, int attempt, int redirects, long sinceNanos, long deadlineNanos)
      implements Phase {}

  /// Asks the cell's coordinator whether it is expected.
  record Binding(Place place, int attempt, long deadlineNanos) implements Phase {}

  /// Asks members of the cell above, one after the other, to be its parent.
  ///
  /// @param view the cell as its coordinator told it; null when founding
  record Adopting(
      Place place,
      @Nullable CellView view,
      List<PeerRef> candidates,
      int attempt,
      long deadlineNanos)
      implements Phase {}

  /// Has sent its join towards the root.
  record Joining(
      Place place, @Nullable CellView view, Parent parent, int attempt, long deadlineNanos)
      implements Phase {}

  /// Asks the coordinator to add it to the view.
  record Entering(
      Place place, CellView view, @Nullable Parent parent, int attempt, long deadlineNanos)
      implements Phase {}

  /// Belongs to a cell; see [Membership].
  record Member() implements Phase {}

  /// Was refused for a reason that an operator has to solve; asks again slowly.
  record Refused(long deadlineNanos) implements Phase {}

  /// Tells everybody that it goes.
  record Leaving(long deadlineNanos) implements Phase {}

  /// Has left; does nothing any more.
  record Gone() implements Phase {}

  /// The name in traces and statuses.
  default String label() {
    return getClass().getSimpleName().toUpperCase(Locale.ROOT);
  }

  /// When this phase wants to be woken, or `Long.MAX_VALUE`.
  default long deadline() {
    return switch (this) {
      case Seeking p -> p.deadlineNanos();
      case Binding p -> p.deadlineNanos();
      case Adopting p -> p.deadlineNanos();
      case Joining p -> p.deadlineNanos();
      case Entering p -> p.deadlineNanos();
      case Refused p -> p.deadlineNanos();
      case Leaving p -> p.deadlineNanos();
      case Idle _, Member _, Gone _ -> Long.MAX_VALUE;
    };
  }

  /// Whether this peer leaves or has left: whatever others say, it takes no place any more.
  default boolean isOver() {
    return this instanceof Leaving || this instanceof Gone;
  }
}
