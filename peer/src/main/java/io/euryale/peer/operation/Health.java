package io.euryale.peer.operation;

/// Whether something is as it should be, and one sentence why.
///
/// @param isGood as it should be
/// @param sentence fit to be shown to people
public record Health(boolean isGood, String sentence) {

  static Health good(String sentence) {
    return new Health(true, sentence);
  }

  static Health bad(String sentence) {
    return new Health(false, sentence);
  }
}
