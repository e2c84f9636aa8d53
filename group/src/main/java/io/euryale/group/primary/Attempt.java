package io.euryale.group.primary;

import io.euryale.group.Configuration;
import io.euryale.kernel.PeerName;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/// The attempt a member is vulnerable to: it promised to form this component and does not know,
/// or not durably enough, what became of it.
///
/// @param component what the create-primary message names
/// @param met those of its members that were found, after the attempt, to know no more than this
///     one; sorted. When all are in it, nobody can know more (the bits of [4])
record Attempt(Component component, List<PeerName> met) {

  Attempt {
    met = List.copyOf(new TreeSet<>(met));
    if (component.index() == 0 || met.size() > Configuration.MAX_MEMBERS) {
      throw new IllegalArgumentException("Not an attempt: " + component);
    }
  }

  Attempt having(Collection<PeerName> alsoMet) {
    return new Attempt(component, List.copyOf(alsoMet));
  }
}
