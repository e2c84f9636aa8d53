package io.euryale.group;

import io.euryale.kernel.PeerId;
import java.util.Comparator;

/// Names a configuration, once and for all: ids installed by one peer only grow, over restarts too.
///
/// A regular configuration has an even number. The transitional configurations that lead to it have
/// the odd number before it; there is one for each old configuration that members came from, told
/// apart by its first member.
///
/// @param number grows with every attempt to form a configuration
/// @param coordinator the life of the peer that formed the configuration
/// @param first of a transitional configuration its first member, else the coordinator
public record ConfigurationId(long number, PeerId coordinator, PeerId first)
    implements Comparable<ConfigurationId> {

  private static final Comparator<ConfigurationId> ORDER =
      Comparator.comparingLong(ConfigurationId::number)
          .thenComparing(ConfigurationId::coordinator)
          .thenComparing(ConfigurationId::first);

  /// The id of a regular configuration.
  ///
  /// @param number even and positive
  public static ConfigurationId regular(long number, PeerId coordinator) {
    return new ConfigurationId(number, coordinator, coordinator);
  }

  /// The id of the transitional configuration that leads to this regular one.
  ///
  /// @param first its first member
  public ConfigurationId transitional(PeerId first) {
    return new ConfigurationId(number - 1, coordinator, first);
  }

  /// A number that stands for this id in every datagram: a 64-bit hash, the same in every JVM.
  public long tag() {
    long hash = number * 0x9E3779B97F4A7C15L;
    for (PeerId peer : new PeerId[] {coordinator, first}) {
      hash = mix(hash ^ peer.incarnation());
      String name = peer.name().value();
      for (int i = 0; i < name.length(); i++) {
        hash = mix(hash ^ name.charAt(i));
      }
    }
    return hash;
  }

  private static long mix(long value) {
    long mixed = (value ^ (value >>> 32)) * 0xD6E8FEB86659FD93L;
    return mixed ^ (mixed >>> 32);
  }

  public boolean isRegular() {
    return (number & 1) == 0;
  }

  @Override
  public int compareTo(ConfigurationId other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return isRegular() ? number + "/" + coordinator : number + "/" + coordinator + "/" + first;
  }
}
