package io.euryale.overlay;

import io.euryale.kernel.PeerName;
import io.euryale.kernel.RightsTable;
import io.euryale.kernel.RightsTable.Rule;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Who may join, publish, subscribe and administer. What no rule grants is refused, at the peer
/// that is asked: one without the right to join at every peer it connects to, a sensor at the
/// peer it
/// attaches to, a client at the peers of the root cell.
///
/// Names are those of hellos: proved by certificates with keys, claims without. A peer is believed
/// what it passes on for others, so a right to join is one to publish and to read everything.
///
/// Immutable; any thread.
public final class OverlayRights {

  private static final int WHAT = 0;
  private static final int WHO = 1;

  /// Everything to everybody.
  public static final OverlayRights OPEN =
      new OverlayRights(
          new RightsTable<>(List.of(new Rule<>(List.of("*", "*"), Set.of(OverlayRight.values())))),
          _ -> {});

  private final RightsTable<OverlayRight> table;
  private final Consumer<String> audit;

  /// Rights by a table.
  ///
  /// @param table rules with patterns of streams (for joining and administering: of the overlay's
  /// name), then of names
  /// @param audit told each refusal in a sentence, by the loop of the core that refuses
  public OverlayRights(RightsTable<OverlayRight> table, Consumer<String> audit) {
    this.table = table;
    this.audit = audit;
  }

  /// Reads lines `STREAMS NAMES RIGHTS`.
  ///
  /// @throws IllegalArgumentException when a line cannot be understood, with a sentence that says
  /// why
  public static OverlayRights parse(List<String> lines, Consumer<String> audit) {
    return new OverlayRights(
        RightsTable.parse(
            OverlayRight.class, "STREAMS NAMES RIGHTS", "line-d/* door-* publish", lines),
        audit);
  }

  /// Why somebody may not do something, in a sentence; null when he may.
  ///
  /// @param what a stream, a pattern that selects streams, or the overlay's name
  public @Nullable String refusal(OverlayRight right, String what, PeerName who) {
    for (Rule<OverlayRight> rule : table.rules()) {
      if (rule.grants().contains(right)
          && rule.matches(WHAT, what)
          && rule.matches(WHO, who.value())) {
        return null;
      }
    }
    // What is asked comes from outside: nothing in it may steer a terminal or begin a line.
    String shown = what.replaceAll("\\p{Cntrl}", "?");
    return who + " may not " + right.words() + shown + ": grant it in the table of rights.";
  }

  /// Writes down that somebody was refused.
  public void audit(String refusal) {
    audit.accept(refusal);
  }
}
