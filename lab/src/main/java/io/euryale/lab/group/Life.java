package io.euryale.lab.group;

/// One incarnation of a process, as traces name it: `name#incarnation`. Equal only to itself; one
/// object per text and run.
final class Life {

  final String name;
  final long incarnation;

  /// Counts the lives of a run, from 0, in the order in which the trace names them.
  final int index;

  private final String text;

  Life(String name, long incarnation, int index) {
    this.name = name;
    this.incarnation = incarnation;
    this.index = index;
    this.text = name + "#" + incarnation;
  }

  /// The incarnation of a `name#incarnation`, or -1 when the text is not one.
  static long incarnation(String text) {
    int hash = text.lastIndexOf('#');
    return hash <= 0 ? -1 : Numbers.parse(text, hash + 1, text.length());
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
