package io.euryale.peer.result;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

/// One number that a run produced.
///
/// @param situation what was measured, such as `p99` or `active, fault in the root cell`; `case`
///     in the document
/// @param metric a fixed name: `events_per_second`, `latency_ms`, `jitter_ms`, `lost`,
///     `duplicated`, `reordered`, `failover_ms`, `recovery_ms`, `throughput_per_second`,
///     `cpu_seconds`, `resident_mib`, `heap_mib`, `schedules_per_minute`, `ratio`
/// @param unit the unit of `value`, `min`, `max` and `baseline`
/// @param value the result: the middle of several runs, or the only one
/// @param min the smallest of the runs
/// @param max the largest of the runs
/// @param runs how many runs there were, from 1
/// @param baseline what the value is compared with, or null
/// @param ratio value divided by baseline, or null
@JsonPropertyOrder({"case", "metric", "unit", "value", "min", "max", "runs", "baseline", "ratio"})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Measurement(
    @JsonProperty("case") String situation,
    String metric,
    String unit,
    double value,
    double min,
    double max,
    int runs,
    @Nullable Double baseline,
    @Nullable Double ratio) {

  /// The result of a single run.
  public static Measurement once(String situation, String metric, String unit, double value) {
    return new Measurement(situation, metric, unit, value, value, value, 1, null, null);
  }

  /// The same measurement beside what it is compared with.
  ///
  /// @param baseline in the same unit; a baseline of 0 gives no ratio
  public Measurement against(double baseline) {
    Double ratio = baseline == 0 ? null : value / baseline;
    return new Measurement(situation, metric, unit, value, min, max, runs, baseline, ratio);
  }
}
