package io.euryale.lab.group;

import io.euryale.lab.group.GroupEvent.Install;
import java.util.HashMap;
import java.util.Map;

/// CF-1 to CF-3: what one installation says, by itself and beside others of the same id or process.
///
/// CF-3 is kept by process name, across incarnations. Ids are compared as texts of the form that
/// [Rank] reads; others are left out.
final class ConfigurationChecker extends EventChecker {

  private final Map<String, Install> highest = new HashMap<>();

  ConfigurationChecker(GroupEvents events) {
    super("CF-1", events);
  }

  @Override
  void on(GroupEvent event) {
    if (!(event instanceof Install install)) {
      return;
    }
    if (!install.members().contains(install.who())) {
      violated(
          "CF-1",
          "%s installed %s, whose members %s do not include it"
              .formatted(install.who(), install.view(), install.members()),
          install.trace());
    }
    sameMeaning(install);
    grows(install);
  }

  private void sameMeaning(Install install) {
    Install first = install.view().first();
    if (first != null && !isSame(first, install)) {
      violated(
          "CF-2",
          "%s is %s at %s and %s at %s"
              .formatted(
                  install.view(), content(first), first.who(), content(install), install.who()),
          first.trace(),
          install.trace());
    }
  }

  static boolean isSame(Install one, Install other) {
    return one.regular() == other.regular()
        && one.origin() == other.origin()
        && one.members().equals(other.members());
  }

  static String content(Install install) {
    return install.regular()
        ? "REG " + install.members()
        : "TRANS " + install.members() + " from " + install.origin();
  }

  private void grows(Install install) {
    Rank rank = Rank.parse(install.view().text);
    if (rank == null) {
      return;
    }
    Install before = highest.get(install.who().name);
    Rank rankBefore = before == null ? null : Rank.parse(before.view().text);
    if (before != null && rankBefore != null && rank.compareTo(rankBefore) <= 0) {
      violated(
          "CF-3",
          "%s installed %s after %s of %s"
              .formatted(install.who(), install.view(), before.view(), before.who()),
          before.trace(),
          install.trace());
    } else {
      highest.put(install.who().name, install);
    }
  }
}
