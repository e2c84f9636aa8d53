package io.euryale.service.stream;

import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How the cells on the way protect a stream's packets; asked for by a subscription.
///
/// As text: `none`, `passive(1s)`, `active`, `active(synchronous)`, `active(agreed)`; `passive` and
/// the first two of `active` also with a number of replicas, as in `active(replicas=2)`,
/// `active(synchronous,replicas=2)` or `passive(100ms,replicas=1)`.
///
/// @param form when copies are made, and what waits for them
/// @param replicas how many other peers of its cell get and confirm a peer's copies, the nearest by
///     name, 0 to [#MAX_REPLICAS]; 0 gives them to all and asks for one confirmation. In a smaller
///     cell all do
/// @param periodMillis how long copies are gathered, [#MIN_PERIOD] to [#MAX_PERIOD]; 0 unless
///     passive
public record Replication(Form form, int replicas, int periodMillis) {

  /// Most replicas that can be asked for.
  public static final int MAX_REPLICAS = 16;

  /// Shortest period of passive replication.
  public static final Duration MIN_PERIOD = Duration.ofMillis(5);

  /// Longest period of passive replication.
  public static final Duration MAX_PERIOD = Duration.ofMinutes(1);

  /// When copies are made. A later constant is stronger; codes are append-only.
  public enum Form {
    /// Forward and forget: a failure loses what is on its way.
    NONE(0),
    /// Forward at once, copy in batches, once a period, what is not confirmed by then [0 §III.c].
    PASSIVE(4),
    /// Copies to the cell and the forward leave together.
    ACTIVE(1),
    /// The cell is synchronized before the forward leaves, as in [0 §III.c].
    SYNCHRONOUS(2),
    /// The cell agrees on one order of the packets of all streams and every peer of it stores them
    /// in that order, before the forward leaves: the strong replicas of [0 §III.c].
    AGREED(3);

    private static final Form[] BY_CODE = {NONE, ACTIVE, SYNCHRONOUS, AGREED, PASSIVE};

    private final int code;

    Form(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }

    static @Nullable Form ofCode(int code) {
      return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }
  }

  /// Nothing is kept on the way.
  public static final Replication NONE = new Replication(Form.NONE, 0, 0);

  /// Copies to the whole cell, at once.
  public static final Replication ACTIVE = new Replication(Form.ACTIVE, 0, 0);

  /// Copies to the whole cell, before the packet goes on.
  public static final Replication ACTIVE_SYNCHRONOUS = new Replication(Form.SYNCHRONOUS, 0, 0);

  /// One order of the whole cell.
  public static final Replication ACTIVE_AGREED = new Replication(Form.AGREED, 0, 0);

  private static final Pattern TEXT =
      Pattern.compile(
          "(none|active|passive)(?:\\((?:(?<detail>synchronous|agreed|[0-9]{1,5}m?s)"
              + "(?:, ?replicas=(?<more>[0-9]{1,2}))?|replicas=(?<replicas>[0-9]{1,2}))\\))?");

  /// @throws IllegalArgumentException in a sentence, when the values do not go together
  public Replication {
    if (replicas < 0 || replicas > MAX_REPLICAS) {
      throw new IllegalArgumentException("replicas are 1 to " + MAX_REPLICAS + ", or left out");
    }
    if (replicas > 0 && (form == Form.NONE || form == Form.AGREED)) {
      throw new IllegalArgumentException(
          form == Form.NONE
              ? "without replication there are no replicas"
              : "an agreed order is kept by all peers of the cell: leave replicas out");
    }
    boolean inRange =
        periodMillis >= MIN_PERIOD.toMillis() && periodMillis <= MAX_PERIOD.toMillis();
    if (form == Form.PASSIVE ? !inRange : periodMillis != 0) {
      throw new IllegalArgumentException(
          form == Form.PASSIVE
              ? "a period is 5ms to 60s, as in passive(1s)"
              : "only passive replication has a period");
    }
  }

  /// Copies in batches, one in each period; to the whole cell.
  public static Replication passive(Duration period) {
    return new Replication(Form.PASSIVE, 0, (int) Math.min(period.toMillis(), Integer.MAX_VALUE));
  }

  /// The same with another number of replicas; 0 for the whole cell.
  public Replication withReplicas(int count) {
    return new Replication(form, count, periodMillis);
  }

  /// Whether a hop keeps packets until others have them.
  public boolean isProtected() {
    return form != Form.NONE;
  }

  long periodNanos() {
    return periodMillis * 1_000_000L;
  }

  /// The name used in settings and on the command line; [#parse] reads it.
  public String label() {
    String detail =
        switch (form) {
          case NONE, ACTIVE -> "";
          case PASSIVE ->
              periodMillis % 1000 == 0 ? periodMillis / 1000 + "s" : periodMillis + "ms";
          case SYNCHRONOUS -> "synchronous";
          case AGREED -> "agreed";
        };
    String count = replicas == 0 ? "" : "replicas=" + replicas;
    String both = detail + (detail.isEmpty() || count.isEmpty() ? "" : ",") + count;
    String name =
        switch (form) {
          case NONE -> "none";
          case PASSIVE -> "passive";
          case ACTIVE, SYNCHRONOUS, AGREED -> "active";
        };
    return both.isEmpty() ? name : name + "(" + both + ")";
  }

  @Override
  public String toString() {
    return label();
  }

  /// Reads what [#label] writes.
  ///
  /// @throws IllegalArgumentException in a sentence that says what is possible
  public static Replication parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip());
    if (!matcher.matches()) {
      throw unknown(text);
    }
    String detail = Objects.requireNonNullElse(matcher.group("detail"), "");
    String more = matcher.group("more");
    String replicas = more == null ? matcher.group("replicas") : more;
    boolean isPeriod = !detail.isEmpty() && Character.isDigit(detail.charAt(0));
    Form form =
        switch (matcher.group(1) + " " + (isPeriod ? "period" : detail)) {
          case "none " -> Form.NONE;
          case "active " -> Form.ACTIVE;
          case "active synchronous" -> Form.SYNCHRONOUS;
          case "active agreed" -> Form.AGREED;
          case "passive period" -> Form.PASSIVE;
          default -> throw unknown(text);
        };
    try {
      int count = replicas == null ? 0 : Integer.parseInt(replicas);
      if (replicas != null && count == 0) {
        throw new IllegalArgumentException("replicas are 1 to " + MAX_REPLICAS + ", or left out");
      }
      return new Replication(form, count, isPeriod ? millis(detail) : 0);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + text + "': " + e.getMessage() + ".", e);
    }
  }

  private static int millis(String period) {
    return period.endsWith("ms")
        ? Integer.parseInt(period.substring(0, period.length() - 2))
        : Integer.parseInt(period.substring(0, period.length() - 1)) * 1000;
  }

  private static IllegalArgumentException unknown(String text) {
    return new IllegalArgumentException(
        "'"
            + text
            + "' is not a replication: use none, passive(1s), active, active(synchronous) or"
            + " active(agreed); passive and active also with replicas, as in active(replicas=2).");
  }

  /// What serves both of two wishes: the stronger form, the shorter period, the more replicas; null
  /// means nobody asks.
  static @Nullable Replication stronger(@Nullable Replication a, @Nullable Replication b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    Form form = a.form.compareTo(b.form) >= 0 ? a.form : b.form;
    int period =
        form != Form.PASSIVE
            ? 0
            : Math.min(a.periodOr(Integer.MAX_VALUE), b.periodOr(Integer.MAX_VALUE));
    return new Replication(form, form == Form.AGREED ? 0 : moreReplicas(a, b), period);
  }

  /// Copies to all need one confirmation only: more than one replica is more than that.
  private static int moreReplicas(Replication a, Replication b) {
    int most = Math.max(a.replicas, b.replicas);
    boolean toAll = (a.isProtected() && a.replicas == 0) || (b.isProtected() && b.replicas == 0);
    return most == 1 && toAll ? 0 : most;
  }

  /// How many siblings must confirm a copy before it counts as held.
  static int confirmations(int replicas) {
    return Math.max(1, replicas);
  }

  private int periodOr(int none) {
    return form == Form.PASSIVE ? periodMillis : none;
  }

  void write(WireWriter writer) {
    writer.u8(form.code).u8(replicas).i32(periodMillis);
  }

  /// Reads what [#write] wrote; null, with the reader failed, when the bytes are none.
  static @Nullable Replication read(WireReader reader) {
    Form form = Form.ofCode(reader.u8("replication"));
    int replicas = reader.u8("replicas");
    int periodMillis = reader.i32("period");
    if (reader.failure() != null) {
      return null;
    }
    try {
      if (form != null) {
        return new Replication(form, replicas, periodMillis);
      }
    } catch (IllegalArgumentException _) {
      // Said below.
    }
    reader.fail("unknown replication");
    return null;
  }
}
