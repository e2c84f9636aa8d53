package io.euryale.lab;

import io.euryale.kernel.trace.Trace;
import io.euryale.lab.CampaignReport.Promise;
import java.util.Formatter;
import java.util.Locale;

/// Prints a campaign for people.
final class CampaignText {

  private CampaignText() {}

  static String of(CampaignReport report) {
    Formatter out = new Formatter(Locale.ROOT);
    out.format(
        "%s: %,d schedules, %,.0f a minute; %,.0f deliveries a second and core%n",
        report.scenario(),
        report.schedules(),
        report.schedulesPerMinute(),
        report.deliveriesPerSecond());
    if (report.thin() > 0) {
      out.format(
          "%,d of them thin: fewer than %d peers, %d messages or %d faults that took effect%n",
          report.thin(), Outcome.FEWEST_PEERS, Outcome.FEWEST_MESSAGES, Outcome.FEWEST_EFFECTS);
    }
    coverage(out, report);
    for (Promise promise : report.promises()) {
      out.format("%s %s%n", promise.held() ? "held    " : "NOT HELD", promise.text());
    }
    for (Finding finding : report.findings()) {
      finding(out, finding);
    }
    if (report.failed() > report.findings().size()) {
      out.format("%n%,d more schedules failed%n", report.failed() - report.findings().size());
    }
    return out.toString();
  }

  private static void coverage(Formatter out, CampaignReport report) {
    report
        .kinds()
        .forEach(
            (kind, count) -> {
              if (count.planned() > 0) {
                out.format(
                    "  %-12s %,8d planned %,8d took effect, in %,d schedules%n",
                    kind.label(), count.planned(), count.effective(), count.schedules());
              }
            });
    if (!report.cells().isEmpty()) {
      long met = report.cells().values().stream().filter(times -> times > 0).count();
      out.format("%d of %d phase and event cells met%n", met, report.cells().size());
    }
  }

  private static void finding(Formatter out, Finding finding) {
    Violation violation = finding.violation();
    out.format("%nseed %d, %s: %s%n", finding.seed(), violation.checker(), violation.sentence());
    for (Trace trace : violation.evidence()) {
      out.format(
          "  %12.6f s  %-16s %s %s%n",
          trace.at() / 1e9, trace.who(), trace.event(), trace.body().fields());
    }
    out.format("  %s%n", finding.command());
  }
}
