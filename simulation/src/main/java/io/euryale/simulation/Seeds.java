package io.euryale.simulation;

import java.util.SplittableRandom;

/// Derives one independent random stream for each concern of a run from its root seed.
///
/// Streams are keyed by what they are for ("delay p1>p2", "service p3 alarm", the text of a fault),
/// never by the order in which they are asked for. So taking a fault out of a plan changes no draw
/// that is made for something else, and a shrunk plan stays close to the run that failed.
public final class Seeds {

  private Seeds() {}

  /// The seed of `concern` below `root`; depends on both contents only, in every JVM.
  public static long derive(long root, String concern) {
    long hash = mix(root ^ 0x6A09E667F3BCC909L);
    for (int i = 0; i < concern.length(); i++) {
      hash = (hash ^ concern.charAt(i)) * 0x100000001B3L;
    }
    return mix(hash ^ (hash >>> 29));
  }

  public static SplittableRandom stream(long root, String concern) {
    return new SplittableRandom(derive(root, concern));
  }

  /// The finaliser of SplitMix64: every input bit reaches every output bit.
  static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
