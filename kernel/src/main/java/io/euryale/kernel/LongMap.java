package io.euryale.kernel;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A map from `long` to objects that allocates only when it grows: the data path looks up flows and
/// links here without boxing. Open addressing with linear probing and backward-shift deletion.
///
/// Not thread-safe. Iteration order depends only on the keys and the order of changes, never on
/// identity hashes, so simulated runs repeat.
public final class LongMap<V> {

  private static final int INITIAL_CAPACITY = 16;

  private long[] keys = new long[INITIAL_CAPACITY];
  private @Nullable Object[] values = new @Nullable Object[INITIAL_CAPACITY];
  private int size;

  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /// The value of `key`, or null.
  @SuppressWarnings("unchecked")
  public @Nullable V get(long key) {
    int mask = keys.length - 1;
    for (int i = index(key, mask); values[i] != null; i = (i + 1) & mask) {
      if (keys[i] == key) {
        return (V) values[i];
      }
    }
    return null;
  }

  /// Sets the value of `key` and returns the one before, or null.
  @SuppressWarnings("unchecked")
  public @Nullable V put(long key, V value) {
    if ((size + 1) * 2 > keys.length) {
      grow();
    }
    int mask = keys.length - 1;
    int i = index(key, mask);
    for (; values[i] != null; i = (i + 1) & mask) {
      if (keys[i] == key) {
        V before = (V) values[i];
        values[i] = value;
        return before;
      }
    }
    keys[i] = key;
    values[i] = value;
    size++;
    return null;
  }

  /// Removes `key` and returns its value, or null when there was none.
  @SuppressWarnings("unchecked")
  public @Nullable V remove(long key) {
    int mask = keys.length - 1;
    int i = index(key, mask);
    while (values[i] != null && keys[i] != key) {
      i = (i + 1) & mask;
    }
    V removed = (V) values[i];
    if (removed == null) {
      return null;
    }
    size--;
    // Backward shift: close the gap so that no probe sequence is cut short.
    int gap = i;
    for (int j = (i + 1) & mask; values[j] != null; j = (j + 1) & mask) {
      int home = index(keys[j], mask);
      if (((j - home) & mask) >= ((j - gap) & mask)) {
        keys[gap] = keys[j];
        values[gap] = values[j];
        gap = j;
      }
    }
    values[gap] = null;
    return removed;
  }

  /// Calls `action` with every value; the map must not change meanwhile.
  @SuppressWarnings("unchecked")
  public void forEach(Consumer<? super V> action) {
    for (Object value : values) {
      if (value != null) {
        action.accept((V) value);
      }
    }
  }

  public void clear() {
    Arrays.fill(values, null);
    size = 0;
  }

  private static int index(long key, int mask) {
    long mixed = (key ^ (key >>> 32)) * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 32) & mask;
  }

  @SuppressWarnings("unchecked")
  private void grow() {
    long[] oldKeys = keys;
    @Nullable Object[] oldValues = values;
    keys = new long[oldKeys.length * 2];
    values = new @Nullable Object[oldKeys.length * 2];
    size = 0;
    for (int i = 0; i < oldKeys.length; i++) {
      Object value = oldValues[i];
      if (value != null) {
        put(oldKeys[i], (V) value);
      }
    }
  }
}
