package io.euryale.group.named;

/// 64-bit hashes that are equal in every process.
final class Hash {

  private Hash() {}

  /// FNV-1a over the characters.
  static long of(String text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }

  /// `before` followed by `next`, through the finalizer of SplitMix64; never 0.
  static long chain(long before, long next) {
    long z = before * 0x9e3779b97f4a7c15L + next;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    z ^= z >>> 31;
    return z == 0 ? 1 : z;
  }
}
