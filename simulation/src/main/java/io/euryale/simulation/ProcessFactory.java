package io.euryale.simulation;

/// Builds the cores of a process, at its first boot and again at every restart.
@FunctionalInterface
public interface ProcessFactory {

  /// Creates the cores of one life by calling [SimProcess#core] once for each traffic class that
  /// the process takes part in. All state of the life before is gone: nothing may be kept in the
  /// factory except what a disk would keep. Cores of one process call each other only through
  /// [SimProcess#execute].
  ///
  /// @param incarnation 1 at the first boot, one more at each restart
  void boot(SimProcess process, long incarnation);
}
