package io.euryale.lab.cells;

import io.euryale.kernel.trace.Trace;
import io.euryale.lab.Checker;
import io.euryale.lab.Violation;
import io.euryale.overlay.OverlaySettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// C-14: a living member that does not follow its coordinator's views is in them no longer than it
/// takes to find that out: as long as a member may lag, or be silent, and be doubted. A coordinator
/// that was itself stopped has that time again.
final class LaggardChecker implements Checker {

  /// Pings on their way, timers, service times and drifting clocks.
  private static final long SLACK_NANOS = CellPlan.SECOND;

  private record Pair(String coordinator, String member) {}

  /// @param missed the first view of the coordinator that the member does not follow
  private record Lag(Trace missed, long sinceNanos) {}

  private final long mostNanos;
  private final Places places = new Places();
  private final Map<Pair, Lag> lags = new LinkedHashMap<>();
  private final List<Violation> violations = new ArrayList<>();

  LaggardChecker(OverlaySettings settings) {
    mostNanos =
        settings.reorganisationTimeout().toNanos()
            + settings.suspicionMax().toNanos()
            + 2 * settings.requestTimeout().toNanos()
            + SLACK_NANOS;
  }

  @Override
  public String id() {
    return "C-14";
  }

  @Override
  public void accept(Trace trace) {
    String who = trace.who();
    places.read(trace);
    switch (trace.event()) {
      case "CELL_VIEW" -> viewed(who, trace);
      case "PAUSED" ->
          lags.replaceAll(
              (pair, lag) ->
                  pair.coordinator().equals(who) ? new Lag(lag.missed(), trace.at()) : lag);
      case "CRASH", "PHASE", "LEFT" ->
          ends(trace, pair -> pair.coordinator().equals(who) || pair.member().equals(who));
      case "END" -> ends(trace, _ -> true);
      default -> {}
    }
  }

  private void viewed(String who, Trace view) {
    boolean leads = view.body().text("coordinator").equals(who);
    Places.Place place = places.of(who);
    List<String> listed = leads && place != null ? place.members() : List.of();
    // Those of a coordinator that it no longer lists, and those of one that leads no longer.
    ends(view, pair -> pair.coordinator().equals(who) && !listed.contains(pair.member()));
    ends(view, pair -> pair.member().equals(who) && follows(view, lagOf(pair).missed()));
    for (String member : listed) {
      Places.Place other = places.of(member);
      if (!member.equals(who) && other != null && other.isMember()) {
        lags.putIfAbsent(new Pair(who, member), new Lag(view, view.at()));
      }
    }
  }

  private Lag lagOf(Pair pair) {
    Lag lag = lags.get(pair);
    if (lag == null) {
      throw new IllegalStateException("No lag of " + pair);
    }
    return lag;
  }

  private static boolean follows(Trace view, Trace missed) {
    return view.body().text("cell").equals(missed.body().text("cell"))
        && TermChecker.compareAge(view, missed) >= 0;
  }

  private void ends(Trace trace, Predicate<Pair> which) {
    lags.entrySet()
        .removeIf(
            entry -> {
              Lag lag = entry.getValue();
              if (!which.test(entry.getKey())) {
                return false;
              }
              if (trace.at() - lag.sinceNanos() > mostNanos) {
                violated(entry.getKey(), lag, trace.at());
              }
              return true;
            });
  }

  private void violated(Pair pair, Lag lag, long at) {
    violations.add(
        new Violation(
            id(),
            "%s was listed by %s for %.1f s without following it"
                .formatted(pair.member(), pair.coordinator(), (at - lag.sinceNanos()) / 1e9),
            List.of(lag.missed())));
  }

  @Override
  public List<Violation> finish() {
    return violations;
  }
}
