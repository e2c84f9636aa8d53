package io.euryale.lighttrain.timetable;

/// How much of a feed is read before it is refused. A small archive can hold far more than fits
/// into memory, so these hold for what is actually read, whatever the archive says about itself.
///
/// @param maxFileBytes most bytes of one file, unpacked
/// @param maxRows most records of one file, blank lines and the header included
/// @param maxLineBytes most bytes of one record, with its quotes and the line ends inside them
/// @param maxZipEntries most entries of an archive
/// @param maxCalls most station calls of one day
record GtfsLimits(
    long maxFileBytes, long maxRows, int maxLineBytes, int maxZipEntries, int maxCalls) {

  /// 512 MiB, 10 million rows, 64 KiB, 10,000 entries, 10 million calls.
  static final GtfsLimits DEFAULT =
      new GtfsLimits(512L << 20, 10_000_000, 64 << 10, 10_000, 10_000_000);
}
