package io.euryale.group.membership;

import io.euryale.group.Configuration;
import io.euryale.group.order.Holdings;
import io.euryale.group.order.Merged;
import io.euryale.kernel.TrafficClass;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The ordering cores of all traffic classes, each on its loop. Orders reach each class in the
/// order given here; its answers come back later, or at once from the class of the calling loop.
public interface Seats {

  /// Every class falls silent and answers [Answers#frozen].
  void freeze(long now, long attempt);

  /// Every class gets the union and answers [Answers#recovered] when it has it.
  ///
  /// @param tag of the regular configuration to come
  /// @param merged by code of the class; empty when this peer comes from no configuration
  void recover(long now, long attempt, long tag, List<Merged> merged, BitSet together);

  /// Every class delivers what belongs into the old regular configuration, and answers
  /// [Answers#delivered].
  void deliverOld(long now, long attempt);

  /// Every class installs the transitional configuration, delivers the rest, and answers
  /// [Answers#delivered].
  void transitional(long now, long attempt, Configuration configuration);

  /// Every class installs the regular configuration.
  void regular(long now, Configuration configuration);

  /// What the classes answer; on the control loop.
  interface Answers {

    /// A class has fallen silent.
    ///
    /// @param holdings null without an old configuration
    void frozen(long now, long attempt, TrafficClass trafficClass, @Nullable Holdings holdings);

    void recovered(long now, long attempt, TrafficClass trafficClass);

    void delivered(long now, long attempt, TrafficClass trafficClass);
  }
}
