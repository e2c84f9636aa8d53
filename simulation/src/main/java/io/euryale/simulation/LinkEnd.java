package io.euryale.simulation;

import io.euryale.kernel.Endpoint;
import org.jspecify.annotations.Nullable;

/// A link as one core sees it. A dialled one outlives its connections; an accepted one has only
/// one.
final class LinkEnd {

  final SimHome home;
  final int id;

  /// Where to dial, or null when the other side dialled.
  final @Nullable Endpoint target;

  @Nullable Connection connection;

  /// Between the core's `linkUp` and `linkDown`.
  boolean up;

  /// Given up by the core.
  boolean closed;

  /// Dials so far; tells the time-out of one dial from the next.
  int attempts;

  /// Dials in a row without a link, for the back-off.
  int failures;

  LinkEnd(SimHome home, int id, @Nullable Endpoint target) {
    this.home = home;
    this.id = id;
    this.target = target;
  }

  int side() {
    return target == null ? Connection.ACCEPTOR : Connection.DIALLER;
  }
}
