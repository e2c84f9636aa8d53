package io.euryale.simulation;

import io.euryale.kernel.trace.Trace;
import java.util.Map;

/// A running 64-bit hash over everything that happened in a run: every trace event with its fields,
/// and every input that a loop handled. It depends on contents only (`String.hashCode` is defined
/// by content), so that two JVMs can compare theirs.
final class TraceHash {

  private long state = 0x243F6A8885A308D3L;

  long value() {
    return state;
  }

  void add(long value) {
    state = Seeds.mix(state ^ value);
  }

  void add(Trace trace) {
    add(trace.step());
    add(trace.at());
    add(trace.proc());
    add(trace.inc());
    add(trace.event());
    for (Map.Entry<String, Object> field : trace.body().fields().entrySet()) {
      add(field.getKey());
      Object value = field.getValue();
      if (value instanceof Number number) {
        add(number.longValue());
      } else {
        add(value.toString());
      }
    }
  }

  private void add(String text) {
    add(((long) text.length() << 32) ^ (text.hashCode() & 0xFFFFFFFFL));
  }
}
