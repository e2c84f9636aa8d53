package io.euryale.lab.group;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// States by small index ([Life#index], [View#index]), made when first asked for.
final class Slots<T> {

  private final Supplier<? extends T> make;
  private final List<T> slots = new ArrayList<>();

  Slots(Supplier<? extends T> make) {
    this.make = make;
  }

  T at(int index) {
    while (slots.size() <= index) {
      slots.add(make.get());
    }
    return slots.get(index);
  }

  /// How many indexes have a state: all below this.
  int size() {
    return slots.size();
  }
}
