package io.euryale.lighttrain.demo;

import java.util.TreeSet;

/// Counts what became of the packets of one stream, by the numbers in their payloads, from 1.
///
/// A packet that is passed over counts as missing until it comes (then it was reordered) or the run
/// ends (then it is lost). What comes again is duplicated. Not thread-safe.
public final class StreamLedger {

  /// More missing packets than this are not remembered one by one; if one of them comes after all
  /// it counts as duplicated, and it stays lost.
  static final int MAX_REMEMBERED = 10_000;

  private final TreeSet<Long> missing = new TreeSet<>();
  private long forgotten;
  private long highest;
  private long received;
  private long duplicated;
  private long reordered;

  /// What a packet is to its stream.
  public enum Verdict {
    /// Later than all before it.
    NEXT,
    /// It was passed over and comes now.
    LATE,
    /// It came before.
    AGAIN
  }

  /// A packet came.
  ///
  /// @param number from 1
  public Verdict received(long number) {
    if (number > highest) {
      for (long passed = highest + 1; passed < number; passed++) {
        if (missing.size() == MAX_REMEMBERED) {
          forgotten += number - passed;
          break;
        }
        missing.add(passed);
      }
      highest = number;
      received++;
      return Verdict.NEXT;
    }
    if (missing.remove(number)) {
      reordered++;
      received++;
      return Verdict.LATE;
    }
    duplicated++;
    return Verdict.AGAIN;
  }

  /// How many different packets came.
  public long received() {
    return received;
  }

  public long duplicated() {
    return duplicated;
  }

  public long reordered() {
    return reordered;
  }

  /// Packets passed over that have not come: lost, unless they still come.
  public long missing() {
    return missing.size() + forgotten;
  }

  /// What is lost if nothing comes any more.
  ///
  /// @param published how many packets were published
  public long lost(long published) {
    return missing() + Math.max(0, published - highest);
  }
}
