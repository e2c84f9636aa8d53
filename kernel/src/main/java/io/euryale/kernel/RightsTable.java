package io.euryale.kernel;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// Who may do what: rules that grant rights to names. What no rule grants is refused.
///
/// A rule has a pattern for each kind of name that a right depends on, such as a stream and a
/// client. A pattern is an exact name, `*`, or the beginning of names followed by `*`. Therefore a
/// wish that itself ends in wildcards (`*` and `?`) may be compared as if it were a name: it
/// matches a pattern only when everything it could select does.
///
/// Immutable; any thread.
///
/// @param <R> the rights there are
/// @param rules a right is granted when any rule grants it
public record RightsTable<R extends Enum<R>>(List<Rule<R>> rules) {

  /// One line of the table.
  ///
  /// @param patterns one for each kind of name, in the order that the owner of the table says
  /// @param grants what names that match all patterns may do
  public record Rule<R extends Enum<R>>(List<String> patterns, Set<R> grants) {
    public Rule {
      patterns = List.copyOf(patterns);
      grants = Set.copyOf(grants);
      patterns.forEach(Rule::check);
    }

    private static void check(String pattern) {
      int star = pattern.indexOf('*');
      if (pattern.isEmpty()
          || pattern.indexOf('?') >= 0
          || (star >= 0 && star != pattern.length() - 1)) {
        throw new IllegalArgumentException(
            "A pattern is a name, or the beginning of one with '*' at its end: '" + pattern + "'");
      }
    }

    /// Whether a name matches the pattern for its kind.
    ///
    /// @param kind place of the pattern, from 0
    public boolean matches(int kind, String name) {
      String pattern = patterns.get(kind);
      int last = pattern.length() - 1;
      return pattern.charAt(last) == '*'
          ? name.regionMatches(0, pattern, 0, last)
          : name.equals(pattern);
    }
  }

  public RightsTable {
    rules = List.copyOf(rules);
  }

  /// Reads a table as operators write it: a line for each rule, first its patterns, then its rights
  /// in lower case with commas between them.
  ///
  /// @param rights the rights there are
  /// @param form what a line looks like, one word for each pattern and one for the rights
  /// @param example a line, for those who wrote another
  /// @throws IllegalArgumentException when a line cannot be understood, with a sentence that says
  /// why
  public static <R extends Enum<R>> RightsTable<R> parse(
      Class<R> rights, String form, String example, List<String> lines) {
    int width = form.split(" ", -1).length;
    List<Rule<R>> rules = new ArrayList<>();
    for (String line : lines) {
      String[] words = line.strip().split("\\s+", -1);
      String why = "it has " + words.length + " words";
      if (words.length == width) {
        try {
          rules.add(
              new Rule<>(List.of(words).subList(0, width - 1), rights(rights, words[width - 1])));
          continue;
        } catch (IllegalArgumentException e) {
          why = String.valueOf(e.getMessage());
        }
      }
      throw new IllegalArgumentException(
          "'"
              + line
              + "' is no line of the table of rights ("
              + why
              + "): write "
              + form
              + ", for example '"
              + example
              + "'.");
    }
    return new RightsTable<>(rules);
  }

  private static <R extends Enum<R>> Set<R> rights(Class<R> rights, String words) {
    Set<R> granted = EnumSet.noneOf(rights);
    for (String word : words.split(",", -1)) {
      try {
        granted.add(Enum.valueOf(rights, word.toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("'" + word + "' is no right", e);
      }
    }
    return granted;
  }

  /// Tells tables apart; equal for equal tables in every process.
  public long digest() {
    long hash = 0xcbf29ce484222325L;
    for (Rule<R> rule : rules) {
      String text = String.join(" ", rule.patterns()) + ' ' + new TreeSet<>(rule.grants()) + '\n';
      for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
        hash = (hash ^ b) * 0x100000001b3L;
      }
    }
    return hash;
  }
}
