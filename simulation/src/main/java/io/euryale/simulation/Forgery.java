package io.euryale.simulation;

import java.util.Arrays;
import java.util.SplittableRandom;

/// Makes wrong datagrams, as arrays with [DatagramArrival#LEAD_BYTES] unused bytes in front.
final class Forgery {

  private static final int LEAD = DatagramArrival.LEAD_BYTES;
  private static final int LONGEST_RANDOM_BYTES = 1_500;

  private Forgery() {}

  /// Damage on the way, in the array given where it keeps its length: an odd number of flipped bits
  /// or a lost end. The result differs from what was sent.
  static byte[] corrupted(byte[] array, SplittableRandom random) {
    int length = array.length - LEAD;
    if (length == 0) {
      return Arrays.copyOf(array, LEAD + 1);
    }
    if (random.nextInt(3) == 0) {
      return Arrays.copyOf(array, LEAD + random.nextInt(length));
    }
    // An odd number of flips cannot undo itself.
    for (int flips = 1 + 2 * random.nextInt(3); flips > 0; flips--) {
      array[LEAD + random.nextInt(length)] ^= (byte) (1 << random.nextInt(8));
    }
    return array;
  }

  /// What a stranger sends who knows nothing.
  static byte[] random(SplittableRandom random) {
    int length = random.nextInt(2) == 0 ? random.nextInt(64) : random.nextInt(LONGEST_RANDOM_BYTES);
    byte[] array = new byte[LEAD + length];
    random.nextBytes(array);
    return array;
  }

  /// What a stranger sends who has seen two datagrams: one of them damaged, made longer, partly
  /// overwritten, or with the end of the other.
  static byte[] mutated(byte[] one, byte[] other, SplittableRandom random) {
    return switch (random.nextInt(5)) {
      case 0 -> {
        byte[] longer = Arrays.copyOf(one, one.length + 1 + random.nextInt(64));
        for (int i = one.length; i < longer.length; i++) {
          longer[i] = (byte) random.nextInt(256);
        }
        yield longer;
      }
      case 1 -> {
        byte[] overwritten = one.clone();
        int from = LEAD + random.nextInt(Math.max(1, one.length - LEAD));
        int to = Math.min(one.length, from + 1 + random.nextInt(32));
        for (int i = from; i < to; i++) {
          overwritten[i] = (byte) random.nextInt(256);
        }
        yield overwritten;
      }
      case 2 -> {
        int cut = LEAD + random.nextInt(Math.min(one.length, other.length) - LEAD + 1);
        byte[] spliced = other.clone();
        System.arraycopy(one, 0, spliced, 0, cut);
        yield spliced;
      }
      default -> corrupted(one.clone(), random);
    };
  }
}
