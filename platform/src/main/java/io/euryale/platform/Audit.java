package io.euryale.platform;

import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what was refused to somebody to the log `io.euryale.audit`: a few lines a second at most
/// and none of them twice, so that who asks often costs little and does not hide others, and then
/// how many lines are missing. Any thread.
public final class Audit {

  private static final Logger LOG = LoggerFactory.getLogger("io.euryale.audit");
  private static final long WINDOW_NANOS = 1_000_000_000L;
  private static final int LINES_PER_WINDOW = 5;

  private final LongSupplier nanoTime;

  /// Takes the peer and the pattern and argument of one line.
  interface Lines {
    void write(String where, String pattern, Object what);
  }

  private final Lines lines;

  // Guarded by this.
  private long windowFrom = Long.MIN_VALUE / 2;
  private int hidden;

  /// Sentences written in this window.
  private final Set<String> written = new HashSet<>();

  private long refusals;
  private String last = "";

  /// Writes to the log, by the clock of the machine.
  public Audit() {
    this(System::nanoTime, Audit::write);
  }

  Audit(LongSupplier nanoTime, Lines lines) {
    this.nanoTime = nanoTime;
    this.lines = lines;
  }

  /// Writes one refusal.
  ///
  /// @param where who refused
  /// @param sentence who asked for what, and why it was refused
  public void refused(String where, String sentence) {
    long missing;
    synchronized (this) {
      refusals++;
      last = sentence;
      long now = nanoTime.getAsLong();
      missing = 0;
      if (now - windowFrom > WINDOW_NANOS) {
        missing = hidden;
        windowFrom = now;
        hidden = 0;
        written.clear();
      }
      if (written.size() >= LINES_PER_WINDOW || !written.add(sentence)) {
        hidden++;
        return;
      }
    }
    if (missing > 0) {
      lines.write(where, "{} refused {} more requests that are not written here", missing);
    }
    lines.write(where, "{} refused {}", sentence);
  }

  private static void write(String where, String pattern, Object what) {
    LOG.atWarn()
        .addKeyValue("event", "refused")
        .addKeyValue("peer", where)
        .log(pattern, where, what);
  }

  /// The last refusal, written or not; "" when there was none.
  public synchronized String last() {
    return last;
  }

  /// All refusals so far, written or not.
  public synchronized long refusals() {
    return refusals;
  }
}
