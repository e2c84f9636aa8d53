package io.euryale.group.primary;

/// A set of 128-bit fingerprints in one array; millions of them fit.
final class PairSet {

  private long[] slots = new long[1 << 12];
  private int size;

  boolean add(long one, long two) {
    long key = one == 0 && two == 0 ? 1 : one;
    if (4L * size >= slots.length) {
      long[] old = slots;
      slots = new long[old.length * 2];
      for (int i = 0; i < old.length; i += 2) {
        if (old[i] != 0 || old[i + 1] != 0) {
          int moved = find(old[i], old[i + 1]);
          slots[moved] = old[i];
          slots[moved + 1] = old[i + 1];
        }
      }
    }
    int at = find(key, two);
    if (slots[at] == key && slots[at + 1] == two) {
      return false;
    }
    slots[at] = key;
    slots[at + 1] = two;
    size++;
    return true;
  }

  int size() {
    return size;
  }

  private int find(long one, long two) {
    int mask = slots.length - 1;
    int at = (int) (one * 2) & mask & ~1;
    while ((slots[at] != 0 || slots[at + 1] != 0) && (slots[at] != one || slots[at + 1] != two)) {
      at = (at + 2) & mask;
    }
    return at;
  }
}
