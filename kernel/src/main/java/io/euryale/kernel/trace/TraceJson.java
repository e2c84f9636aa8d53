package io.euryale.kernel.trace;

import java.util.Map;

/// Writes traces as JSON Lines. Reading them back is done with a JSON library where files exist.
public final class TraceJson {

  private TraceJson() {}

  /// Appends one line, with its line end.
  public static void append(StringBuilder out, Trace trace) {
    out.append("{\"step\":").append(trace.step()).append(",\"at\":").append(trace.at());
    out.append(",\"proc\":");
    quote(out, trace.proc());
    out.append(",\"inc\":").append(trace.inc()).append(",\"event\":");
    quote(out, trace.event());
    for (Map.Entry<String, Object> field : trace.body().fields().entrySet()) {
      out.append(',');
      quote(out, field.getKey());
      out.append(':');
      if (field.getValue() instanceof Number || field.getValue() instanceof Boolean) {
        out.append(field.getValue());
      } else {
        quote(out, field.getValue().toString());
      }
    }
    out.append("}\n");
  }

  private static void quote(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20) {
        out.append("\\u00")
            .append(Character.forDigit(c >> 4, 16))
            .append(Character.forDigit(c & 15, 16));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
