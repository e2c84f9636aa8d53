package io.euryale.link;

import java.util.Arrays;

/// Which packet numbers of one session and direction were seen, for the last [#SIZE] numbers below
/// the highest. Older ones count as seen.
///
/// A ring of bits in words (RFC 6479): one word is always ahead, so a packet that moves the window
/// clears whole words only.
final class ReplayWindow {

  private static final int WORDS = 128;

  /// Numbers that are told apart below the highest.
  static final int SIZE = (WORDS - 1) * 64;

  private final long[] words = new long[WORDS];
  private long highest;

  /// Whether `number` may be new. Changes nothing.
  boolean isNew(long number) {
    if (number > highest) {
      return true;
    }
    return highest - number < SIZE
        && (words[(int) (number >>> 6) & (WORDS - 1)] & (1L << number)) == 0;
  }

  /// Marks a number that [#isNew] and belongs to a packet that proved authentic.
  void mark(long number) {
    if (number > highest) {
      long from = highest >>> 6;
      long to = number >>> 6;
      if (to - from >= WORDS) {
        Arrays.fill(words, 0);
      } else {
        for (long word = from + 1; word <= to; word++) {
          words[(int) word & (WORDS - 1)] = 0;
        }
      }
      highest = number;
    }
    words[(int) (number >>> 6) & (WORDS - 1)] |= 1L << number;
  }
}
