package io.euryale.overlay;

import io.euryale.kernel.PeerId;

/// The ballot a coordinator leads a cell under. Ordered by number, then by coordinator, so that a
/// term has one coordinator by construction; members never follow a lower term than they followed.
///
/// @param number 1 or more; a peer never uses a number twice in one incarnation
/// @param coordinator who leads
public record Term(long number, PeerId coordinator) implements Comparable<Term> {

  @Override
  public int compareTo(Term other) {
    int byNumber = Long.compare(number, other.number);
    return byNumber != 0 ? byNumber : coordinator.compareTo(other.coordinator);
  }

  @Override
  public String toString() {
    return number + "/" + coordinator;
  }
}
