package io.euryale.lab.group;

import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A configuration, or a group's view of it, as its first `INSTALL` defines it. One object per text
/// and space (the ordering layer, or a group); grows while the trace is read.
final class View {

  final String text;

  /// Counts the views of a run, from 0.
  final int index;

  /// The processes that have installed it, by [Life#index].
  final BitSet installedBy = new BitSet();

  private GroupEvent.@Nullable Install first;
  private int[] places = {};

  View(String text, int index) {
    this.text = text;
    this.index = index;
  }

  /// Notes an installation; the first one says what the view is.
  void installed(GroupEvent.Install install) {
    installedBy.set(install.who().index);
    if (first == null) {
      first = install;
      int highest = install.members().stream().mapToInt(life -> life.index).max().orElse(-1);
      places = new int[highest + 1];
      for (int i = 0; i < install.members().size(); i++) {
        places[install.members().get(i).index] = i + 1;
      }
    }
  }

  /// The first installation, or null while the view was only named.
  GroupEvent.@Nullable Install first() {
    return first;
  }

  boolean isInstalledBy(Life life) {
    return installedBy.get(life.index);
  }

  boolean isKnown() {
    return first != null;
  }

  boolean isRegular() {
    return first != null && first.regular();
  }

  boolean isTransitional() {
    return first != null && !first.regular();
  }

  List<Life> members() {
    return first == null ? List.of() : first.members();
  }

  /// The regular view it follows when it is transitional, else itself; null when nobody said.
  @Nullable View regular() {
    return first == null ? null : first.regular() ? this : first.origin();
  }

  boolean has(Life life) {
    return place(life) >= 0;
  }

  /// The place of a member, or -1.
  int place(Life life) {
    return life.index < places.length ? places[life.index] - 1 : -1;
  }

  /// The same in every run, unlike that of identity; equality is identity.
  @Override
  public int hashCode() {
    return index;
  }

  @Override
  public String toString() {
    return text;
  }
}
