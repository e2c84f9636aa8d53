package io.euryale.lab.group;

import java.util.Arrays;

/// A growing array of ints; places never written are `absent`.
final class Ints {

  private static final int FIRST_CAPACITY = 16;

  private final int absent;
  private int[] values;
  private int size;

  Ints(int absent) {
    this.absent = absent;
    this.values = new int[FIRST_CAPACITY];
    Arrays.fill(values, absent);
  }

  int get(int index) {
    return index < size ? values[index] : absent;
  }

  void set(int index, int value) {
    if (index >= values.length) {
      int before = values.length;
      values = Arrays.copyOf(values, Math.max(index + 1, 2 * before));
      Arrays.fill(values, before, values.length, absent);
    }
    values[index] = value;
    size = Math.max(size, index + 1);
  }

  void add(int value) {
    set(size, value);
  }

  int size() {
    return size;
  }
}
