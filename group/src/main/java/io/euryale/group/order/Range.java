package io.euryale.group.order;

/// Consecutive packets of one member.
///
/// @param first positive
/// @param last not before `first`
public record Range(long first, long last) {

  public Range {
    if (first < 1 || last < first) {
      throw new IllegalArgumentException("Not a range: " + first + " to " + last);
    }
  }

  boolean contains(long sequence) {
    return sequence >= first && sequence <= last;
  }
}
