package io.euryale.group.primary;

import org.jspecify.annotations.Nullable;

/// What a member knows about primary components; survives crashes, and is what state messages
/// say.
///
/// @param charter who votes
/// @param proven whether this member's knowledge is known to be complete: it took part in an
///     attempt since its disk was empty. Others do not count in a quorum
/// @param last the last primary component it knows of
/// @param attempts highest number of an attempt to form the one after `last`
/// @param vulnerable the attempt it is vulnerable to, either for the component after `last` or
///     for `last` itself while its end is not known
public record PrimaryRecord(
    Charter charter, boolean proven, Component last, long attempts, @Nullable Attempt vulnerable) {

  public PrimaryRecord {
    if (attempts < 0 || (vulnerable != null && !isPlausible(last, attempts, vulnerable))) {
      throw new IllegalArgumentException("Not a record: " + last + ", " + vulnerable);
    }
  }

  static boolean isPlausible(Component last, long attempts, Attempt vulnerable) {
    Component attempted = vulnerable.component();
    return attempted.index() == last.index()
        || (attempted.index() == last.index() + 1 && attempted.attempt() <= attempts);
  }

  /// What a member without a durable record knows.
  public static PrimaryRecord initial(Charter charter) {
    return new PrimaryRecord(charter, false, charter.origin(), 0, null);
  }

  PrimaryRecord resolved() {
    return new PrimaryRecord(charter, proven, last, attempts, null);
  }

  PrimaryRecord trying(Component component, Attempt attempt) {
    return new PrimaryRecord(charter, true, last, component.attempt(), attempt);
  }

  PrimaryRecord installed(Component component) {
    return new PrimaryRecord(charter, proven, component, 0, vulnerable);
  }

  /// Whether it is vulnerable to exactly this attempt.
  boolean isVulnerableTo(Component component) {
    return vulnerable != null && vulnerable.component().equals(component);
  }

  /// Whether it has nothing to tell: no attempt was ever heard of.
  boolean isBlank() {
    return !proven && last.index() == 0 && attempts == 0;
  }
}
