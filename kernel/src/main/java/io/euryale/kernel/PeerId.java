package io.euryale.kernel;

import org.jspecify.annotations.Nullable;

/// One life of a peer: its name and the incarnation that tells a restart from the life before.
///
/// @param name readable name, unique in an overlay at any time
/// @param incarnation grows with every restart of the same name; positive
public record PeerId(PeerName name, long incarnation) implements Comparable<PeerId> {

  public PeerId {
    if (incarnation <= 0) {
      throw new IllegalArgumentException("An incarnation is positive: " + incarnation);
    }
  }

  public static PeerId of(String name, long incarnation) {
    return new PeerId(new PeerName(name), incarnation);
  }

  /// Whether this is a later life of the same name.
  public boolean supersedes(PeerId other) {
    return name.equals(other.name) && incarnation > other.incarnation;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof PeerId id && incarnation == id.incarnation && name.equals(id.name));
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + Long.hashCode(incarnation);
  }

  @Override
  public int compareTo(PeerId other) {
    int byName = name.compareTo(other.name);
    return byName != 0 ? byName : Long.compare(incarnation, other.incarnation);
  }

  @Override
  public String toString() {
    return name + "#" + incarnation;
  }
}
