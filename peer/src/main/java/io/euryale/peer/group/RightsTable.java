package io.euryale.peer.group;

import io.euryale.group.named.Right;
import io.euryale.group.named.Rights;
import io.euryale.peer.RefusedException;
import io.euryale.peer.RefusedException.Reason;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The table of rights as operators write it: a line for each rule, `GROUPS PEERS APPLICATIONS
/// RIGHTS`, for example `orders/* * billing* join,send`.
final class RightsTable {

  private RightsTable() {}

  /// @throws RefusedException when a line cannot be understood
  static Rights parse(List<String> lines) {
    List<Rights.Rule> rules = new ArrayList<>();
    for (String line : lines) {
      String[] words = line.strip().split("\\s+", -1);
      if (words.length != 4) {
        throw invalid(line, "it has " + words.length + " words");
      }
      Set<Right> rights = EnumSet.noneOf(Right.class);
      for (String word : words[3].split(",", -1)) {
        try {
          rights.add(Right.valueOf(word.toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException _) {
          throw invalid(line, "'" + word + "' is no right");
        }
      }
      try {
        rules.add(new Rights.Rule(words[0], words[1], words[2], rights));
      } catch (IllegalArgumentException e) {
        throw invalid(line, String.valueOf(e.getMessage()));
      }
    }
    return new Rights(rules);
  }

  private static RefusedException invalid(String line, String why) {
    return new RefusedException(
        Reason.INVALID,
        "'"
            + line
            + "' is no line of the table of rights ("
            + why
            + "): write GROUPS PEERS APPLICATIONS RIGHTS, for example 'orders/* * billing*"
            + " join,send,receive'.");
  }
}
