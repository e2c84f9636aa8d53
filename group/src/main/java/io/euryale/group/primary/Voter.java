package io.euryale.group.primary;

import io.euryale.kernel.PeerName;

/// A member with its voting weight. Names vote, not lives: a restarted peer is the same voter,
/// because its durable record goes with the name.
///
/// @param weight 0 to [#MAX_WEIGHT]; a member without weight takes part and never decides
public record Voter(PeerName name, int weight) implements Comparable<Voter> {

  /// Largest weight; 256 of them cannot overflow a sum.
  public static final int MAX_WEIGHT = 1_000_000;

  public Voter {
    if (weight < 0 || weight > MAX_WEIGHT) {
      throw new IllegalArgumentException(
          "The weight of " + name + " is 0 to " + MAX_WEIGHT + ", not " + weight);
    }
  }

  public static Voter of(String name, int weight) {
    return new Voter(new PeerName(name), weight);
  }

  @Override
  public int compareTo(Voter other) {
    int byName = name.compareTo(other.name);
    return byName != 0 ? byName : Integer.compare(weight, other.weight);
  }

  @Override
  public String toString() {
    return weight == 1 ? name.value() : name + "*" + weight;
  }
}
