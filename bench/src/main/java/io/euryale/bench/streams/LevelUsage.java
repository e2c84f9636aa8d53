package io.euryale.bench.streams;

/// What the peers of one level took during a segment, together.
///
/// @param cpuSeconds of a killed peer until it was killed
/// @param residentMebibytes at the end of the segment, of a killed peer when it was killed
/// @param largestMebibytes of the largest of them
record LevelUsage(
    int level, double cpuSeconds, double residentMebibytes, double largestMebibytes) {}
