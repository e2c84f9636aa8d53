package io.euryale.bench.streams;

/// What is done in one segment with faults.
///
/// @param how the streams are replicated
/// @param level whose peers get a SIGKILL, from the root's 0
/// @param faults how many, one after the other
record FaultCase(Replicated how, int level, int faults) {

  /// The most faults in a segment, as in [0 table II].
  static final int MOST = 8;

  /// As it stands in the result document.
  String label() {
    return label(how.label(), level, faults);
  }

  /// See [#label()].
  static String label(String how, int level, int faults) {
    return "%s, %d %s at level %d".formatted(how, faults, faults == 1 ? "fault" : "faults", level);
  }
}
