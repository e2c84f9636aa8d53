package io.euryale.group.primary;

import io.euryale.group.Configuration;
import io.euryale.group.ConfigurationId;
import io.euryale.kernel.PeerName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A primary component, or the attempt to form one.
///
/// @param index number of the primary component; 0 is the declared set before the first one
/// @param attempt which attempt to form it, from 1; 0 for the declared set
/// @param configuration regular configuration whose members form it; null for the declared set
/// @param members sorted by name, each name once
public record Component(
    long index, long attempt, @Nullable ConfigurationId configuration, List<Voter> members) {

  public Component {
    members = List.copyOf(members);
    if (index < 0 || attempt < 0 || (index == 0) != (configuration == null)) {
      throw new IllegalArgumentException("Not a component: " + index + "/" + attempt);
    }
    if (!isMembership(members)) {
      throw new IllegalArgumentException(
          "A component has 1 to "
              + Configuration.MAX_MEMBERS
              + " members, each once, sorted by name");
    }
  }

  /// Whether this list can be a membership: bounded, sorted, each name once.
  static boolean isMembership(List<Voter> members) {
    if (members.isEmpty() || members.size() > Configuration.MAX_MEMBERS) {
      return false;
    }
    for (int i = 1; i < members.size(); i++) {
      if (members.get(i - 1).name().compareTo(members.get(i).name()) >= 0) {
        return false;
      }
    }
    return true;
  }

  public List<PeerName> names() {
    return members.stream().map(Voter::name).toList();
  }

  public boolean contains(PeerName name) {
    for (Voter member : members) {
      if (member.name().equals(name)) {
        return true;
      }
    }
    return false;
  }

  /// Sum of all weights.
  public long weight() {
    return members.stream().mapToLong(Voter::weight).sum();
  }

  /// The linearly first member that has a vote: with it, half of the weight is enough \[JM90\].
  public @Nullable PeerName distinguished() {
    for (Voter member : members) {
      if (member.weight() > 0) {
        return member.name();
      }
    }
    return null;
  }

  /// Whether this one is later in the chain, or a later attempt at the same place.
  boolean isAfter(Component other) {
    return index != other.index ? index > other.index : attempt > other.attempt;
  }

  @Override
  public String toString() {
    return index + "/" + attempt + members;
  }
}
