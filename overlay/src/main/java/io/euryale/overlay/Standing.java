package io.euryale.overlay;

import io.euryale.kernel.PeerId;
import org.jspecify.annotations.Nullable;

/// Where a member says it stands; rides on every ping and pong, so that whoever has an older
/// picture is told the newer one within a ping period.
///
/// @param cell its cell
/// @param term the term it follows there
/// @param version the version of its view in that term
/// @param parent its parent, or null
/// @param rootTerm the term of the root cell it has last heard of
record Standing(CellId cell, Term term, long version, @Nullable PeerId parent, Term rootTerm) {

  int compareAge(CellView view) {
    int byTerm = term.compareTo(view.term());
    return byTerm != 0 ? byTerm : Long.compare(version, view.version());
  }
}
