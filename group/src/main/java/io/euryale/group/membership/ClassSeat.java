package io.euryale.group.membership;

import io.euryale.group.order.ClassCore;
import io.euryale.kernel.TrafficClass;
import java.util.function.LongConsumer;

/// A data class of this member and the way to its loop.
///
/// @param loop runs a task on the loop of the class, in the order given; from any thread. The task
/// gets the time there
public record ClassSeat(TrafficClass trafficClass, ClassCore core, Loop loop) {

  /// Runs tasks on one loop.
  @FunctionalInterface
  public interface Loop {
    void execute(LongConsumer task);
  }
}
