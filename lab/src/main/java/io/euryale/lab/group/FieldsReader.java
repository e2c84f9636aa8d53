package io.euryale.lab.group;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Keeps the fields of events that are read from files small: traces of real runs have millions of
/// them, and checkers keep most. The same names in the same order are one array for all events, and
/// equal texts that come soon after each other one object.
final class FieldsReader {

  private static final int MOST_FIELDS = 64;
  private static final int TEXTS = 1 << 15;
  private static final int SHAPES = 1 << 8;

  private final @Nullable String[] texts = new @Nullable String[TEXTS];
  private final String[][] shapes = new String[SHAPES][];
  private final String[] names = new String[MOST_FIELDS];
  private final Object[] values = new Object[MOST_FIELDS];
  private int size;

  void clear() {
    size = 0;
  }

  /// Adds a field; one more than events have is left out.
  void add(String name, Object value) {
    if (size < MOST_FIELDS) {
      names[size] = name;
      values[size++] = value instanceof String text ? shared(text) : value;
    }
  }

  /// Takes a field out, or null when there is none.
  @Nullable Object take(String name) {
    for (int i = 0; i < size; i++) {
      if (names[i].equals(name)) {
        Object value = values[i];
        size--;
        System.arraycopy(names, i + 1, names, i, size - i);
        System.arraycopy(values, i + 1, values, i, size - i);
        return value;
      }
    }
    return null;
  }

  /// The fields that are left.
  Map<String, Object> fields() {
    return new Fields(shape(), Arrays.copyOf(values, size));
  }

  private String[] shape() {
    int hash = size;
    for (int i = 0; i < size; i++) {
      hash = 31 * hash + names[i].hashCode();
    }
    int place = (hash ^ (hash >>> 16)) & (SHAPES - 1);
    String[] known = shapes[place];
    if (known == null || !Arrays.equals(known, 0, known.length, names, 0, size)) {
      known = Arrays.copyOf(names, size);
      shapes[place] = known;
    }
    return known;
  }

  private String shared(String text) {
    int hash = text.hashCode();
    int place = (hash ^ (hash >>> 16)) & (TEXTS - 1);
    String known = texts[place];
    if (known != null && known.equals(text)) {
      return known;
    }
    texts[place] = text;
    return text;
  }

  /// A map of a few fields, in the order written.
  private static final class Fields extends AbstractMap<String, Object> {
    private final String[] names;
    private final Object[] values;

    Fields(String[] names, Object[] values) {
      this.names = names;
      this.values = values;
    }

    @Override
    public @Nullable Object get(@Nullable Object name) {
      for (int i = 0; i < names.length; i++) {
        if (names[i].equals(name)) {
          return values[i];
        }
      }
      return null;
    }

    @Override
    public boolean containsKey(@Nullable Object name) {
      return get(name) != null;
    }

    @Override
    public Set<Map.Entry<String, Object>> entrySet() {
      return new AbstractSet<>() {
        @Override
        public int size() {
          return names.length;
        }

        @Override
        public Iterator<Map.Entry<String, Object>> iterator() {
          return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
              return next < names.length;
            }

            @Override
            public Map.Entry<String, Object> next() {
              if (next >= names.length) {
                throw new java.util.NoSuchElementException();
              }
              return Map.entry(names[next], values[next++]);
            }
          };
        }
      };
    }
  }
}
