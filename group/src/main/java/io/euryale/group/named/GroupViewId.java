package io.euryale.group.named;

import io.euryale.group.ConfigurationId;
import java.util.Comparator;
import java.util.HexFormat;

/// Names a view of one group; two views of a group with equal ids have equal members everywhere.
/// The ids that one peer installs for a group only grow.
///
/// The number alone would not be enough: after a partition, the messages of peers that did not
/// come along may be missing, joins among them, and then two sides count differently. Therefore
/// the id also names the joins and leaves that led to it.
///
/// @param configuration of a regular view the regular configuration it belongs to, of a
/// transitional view the transitional one
/// @param number grows by one with each view of the group in a regular configuration
/// @param history hash over the joins and leaves of the group since the configuration began
public record GroupViewId(ConfigurationId configuration, long number, long history)
    implements Comparable<GroupViewId> {

  private static final Comparator<GroupViewId> ORDER =
      Comparator.comparing(GroupViewId::configuration)
          .thenComparingLong(GroupViewId::number)
          .thenComparingLong(GroupViewId::history);

  public boolean isRegular() {
    return configuration.isRegular();
  }

  @Override
  public int compareTo(GroupViewId other) {
    return ORDER.compare(this, other);
  }

  /// Such as `12/alpha#3:2.00c0ffee00c0ffee`; used in traces.
  @Override
  public String toString() {
    return configuration + ":" + number + "." + HexFormat.of().toHexDigits(history);
  }
}
