package io.euryale.lab.group;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// The place of a configuration in the order of configurations, read from its text: number, then
/// coordinator, then first member; a regular one (`12/alpha#3`) has itself no first member and
/// comes as if its coordinator were that.
///
/// @param number grows with every attempt
/// @param coordinator name of the one that formed it
/// @param coordinatorLife its incarnation
/// @param first name of the first member
/// @param firstLife its incarnation
record Rank(long number, String coordinator, long coordinatorLife, String first, long firstLife)
    implements Comparable<Rank> {

  private static final Comparator<Rank> ORDER =
      Comparator.comparingLong(Rank::number)
          .thenComparing(Rank::coordinator)
          .thenComparingLong(Rank::coordinatorLife)
          .thenComparing(Rank::first)
          .thenComparingLong(Rank::firstLife);

  /// The rank in a configuration's text, or null when it has another form.
  static @Nullable Rank parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return null;
    }
    int second = text.indexOf('/', slash + 1);
    String coordinator = text.substring(slash + 1, second < 0 ? text.length() : second);
    String first = second < 0 ? coordinator : text.substring(second + 1);
    long number = Numbers.parse(text, 0, slash);
    long coordinatorLife = Life.incarnation(coordinator);
    long firstLife = Life.incarnation(first);
    if (number < 0 || coordinatorLife < 0 || firstLife < 0) {
      return null;
    }
    return new Rank(number, name(coordinator), coordinatorLife, name(first), firstLife);
  }

  private static String name(String life) {
    return life.substring(0, life.lastIndexOf('#'));
  }

  @Override
  public int compareTo(Rank other) {
    return ORDER.compare(this, other);
  }
}
