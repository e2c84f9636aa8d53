package io.euryale.simulation;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Prints faults as text and reads them back, so that a shrunk fault list fits on a command line.
final class FaultText {

  private static final Pattern FAULT =
      Pattern.compile("([a-z-]+)\\(([^()]*)\\)@(\\w+)(?:\\+(\\w+))?");
  private static final Pattern LENGTH = Pattern.compile("(\\d{1,18})(ns|us|ms|s)");

  private FaultText() {}

  static String print(Fault fault) {
    String where =
        switch (fault) {
          case Fault.Crash f -> f.process();
          case Fault.CrashHost f -> f.process();
          case Fault.Restart f -> f.process();
          case Fault.Pause f -> f.process();
          case Fault.Slow f -> f.process() + ",x" + f.factor();
          case Fault.Partition f -> String.join(",", f.left()) + "|" + String.join(",", f.right());
          case Fault.OneWay f -> String.join(",", f.from()) + ">" + String.join(",", f.to());
          case Fault.Isolate f -> f.process();
          case Fault.Lossy f -> direction(f.from(), f.to(), f.percent());
          case Fault.Duplicating f -> direction(f.from(), f.to(), f.percent());
          case Fault.Reordering f -> direction(f.from(), f.to(), f.percent());
          case Fault.Delaying f -> f.from() + ">" + f.to() + "," + length(f.extraNanos());
          case Fault.Reset f -> f.left() + "," + f.right();
          case Fault.Corrupting f -> direction(f.from(), f.to(), f.percent());
          case Fault.Replaying f -> direction(f.from(), f.to(), f.percent());
          case Fault.Garbage f -> f.process() + "," + f.perSecond() + "/s";
          case Fault.SlowDisk f -> f.process();
          case Fault.Wiped f -> f.process();
        };
    String text = fault.kind().label() + "(" + where + ")@" + length(fault.startNanos());
    return isInstant(fault.kind()) ? text : text + "+" + length(fault.durationNanos());
  }

  /// @throws IllegalArgumentException with one sentence that says what was expected
  static Fault parse(String text) {
    Matcher matcher = FAULT.matcher(text);
    check(
        matcher.matches(),
        "'%s' is not a fault: write kind(where)@start+duration, such as crash(p2)@1500ms+2s"
            .formatted(text));
    Fault.Kind kind = kind(matcher.group(1), text);
    String where = matcher.group(2);
    long start = parseLength(matcher.group(3), text);
    check(start != Fault.UNTIL_HEALED, "A fault starts at a time, not at 'end': " + text);
    String durationText = matcher.group(4);
    check(
        isInstant(kind) == (durationText == null),
        isInstant(kind)
            ? "'%s' happens at one instant: leave out its duration".formatted(text)
            : "'%s' needs a duration, such as +2s or +end".formatted(text));
    long duration = durationText == null ? 0 : parseLength(durationText, text);
    return fault(kind, where, start, duration, text);
  }

  private static Fault fault(Fault.Kind kind, String where, long start, long length, String text) {
    return switch (kind) {
      case CRASH -> new Fault.Crash(where, start, length);
      case CRASH_HOST -> new Fault.CrashHost(where, start, length);
      case RESTART -> new Fault.Restart(where, start);
      case PAUSE -> new Fault.Pause(where, start, length);
      case ISOLATE -> new Fault.Isolate(where, start, length);
      case SLOW_DISK -> new Fault.SlowDisk(where, start, length);
      case WIPED -> new Fault.Wiped(where, start);
      case GARBAGE -> {
        List<String> parts = parts(where, ",", text);
        String rate = parts.getLast();
        check(rate.endsWith("/s"), "'%s' needs a rate, such as 200/s".formatted(text));
        int perSecond = number(rate.substring(0, rate.length() - 2), text);
        yield new Fault.Garbage(parts.getFirst(), perSecond, start, length);
      }
      case SLOW -> {
        List<String> parts = parts(where, ",x", text);
        yield new Fault.Slow(parts.getFirst(), number(parts.getLast(), text), start, length);
      }
      case PARTITION -> {
        List<String> sides = parts(where, "|", text);
        yield new Fault.Partition(names(sides.getFirst()), names(sides.getLast()), start, length);
      }
      case ONE_WAY -> {
        List<String> sides = parts(where, ">", text);
        yield new Fault.OneWay(names(sides.getFirst()), names(sides.getLast()), start, length);
      }
      case LOSSY, DUPLICATING, REORDERING, DELAYING, CORRUPTING, REPLAYING -> {
        List<String> ends = parts(where, ">", text);
        List<String> amount = parts(ends.getLast(), ",", text);
        yield onDirection(
            kind, ends.getFirst(), amount.getFirst(), amount.getLast(), start, length, text);
      }
      case RESET -> {
        List<String> ends = parts(where, ",", text);
        yield new Fault.Reset(ends.getFirst(), ends.getLast(), start);
      }
    };
  }

  private static Fault onDirection(
      Fault.Kind kind,
      String from,
      String to,
      String amount,
      long start,
      long length,
      String text) {
    if (kind == Fault.Kind.DELAYING) {
      return new Fault.Delaying(from, to, parseLength(amount, text), start, length);
    }
    check(amount.endsWith("%"), "'%s' needs a rate, such as 15%%".formatted(text));
    int percent = number(amount.substring(0, amount.length() - 1), text);
    return switch (kind) {
      case LOSSY -> new Fault.Lossy(from, to, percent, start, length);
      case CORRUPTING -> new Fault.Corrupting(from, to, percent, start, length);
      case REPLAYING -> new Fault.Replaying(from, to, percent, start, length);
      case DUPLICATING -> new Fault.Duplicating(from, to, percent, start, length);
      default -> new Fault.Reordering(from, to, percent, start, length);
    };
  }

  /// The processes that a fault names, without [Fault#ANY].
  static Set<String> names(Fault fault) {
    Set<String> names = new TreeSet<>();
    switch (fault) {
      case Fault.Crash f -> names.add(f.process());
      case Fault.CrashHost f -> names.add(f.process());
      case Fault.Restart f -> names.add(f.process());
      case Fault.Pause f -> names.add(f.process());
      case Fault.Slow f -> names.add(f.process());
      case Fault.Isolate f -> names.add(f.process());
      case Fault.Partition f -> {
        names.addAll(f.left());
        names.addAll(f.right());
      }
      case Fault.OneWay f -> {
        names.addAll(f.from());
        names.addAll(f.to());
      }
      case Fault.Lossy f -> names.addAll(List.of(f.from(), f.to()));
      case Fault.Duplicating f -> names.addAll(List.of(f.from(), f.to()));
      case Fault.Reordering f -> names.addAll(List.of(f.from(), f.to()));
      case Fault.Delaying f -> names.addAll(List.of(f.from(), f.to()));
      case Fault.Reset f -> names.addAll(List.of(f.left(), f.right()));
      case Fault.Corrupting f -> names.addAll(List.of(f.from(), f.to()));
      case Fault.Replaying f -> names.addAll(List.of(f.from(), f.to()));
      case Fault.Garbage f -> names.add(f.process());
      case Fault.SlowDisk f -> names.add(f.process());
      case Fault.Wiped f -> names.add(f.process());
    }
    names.remove(Fault.ANY);
    return names;
  }

  static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  static void checkPercent(int percent) {
    check(percent >= 1 && percent <= 100, "A rate is 1 to 100 %, not " + percent);
  }

  /// Whether faults of this kind happen at one instant, without a duration.
  static boolean isInstant(Fault.Kind kind) {
    return kind == Fault.Kind.RESTART || kind == Fault.Kind.RESET || kind == Fault.Kind.WIPED;
  }

  private static String direction(String from, String to, int percent) {
    return from + ">" + to + "," + percent + "%";
  }

  private static String length(long nanos) {
    if (nanos == Fault.UNTIL_HEALED) {
      return "end";
    }
    if (nanos % 1_000_000_000 == 0 && nanos > 0) {
      return nanos / 1_000_000_000 + "s";
    }
    if (nanos % 1_000_000 == 0) {
      return nanos / 1_000_000 + "ms";
    }
    return nanos % 1_000 == 0 ? nanos / 1_000 + "us" : nanos + "ns";
  }

  private static long parseLength(String text, String fault) {
    if (text.equals("end")) {
      return Fault.UNTIL_HEALED;
    }
    Matcher matcher = LENGTH.matcher(text);
    check(
        matcher.matches(),
        "'%s' in '%s' is not a length of time: write 200ms, 3s, 50us or 10ns"
            .formatted(text, fault));
    long unit =
        switch (matcher.group(2)) {
          case "s" -> 1_000_000_000L;
          case "ms" -> 1_000_000L;
          case "us" -> 1_000L;
          default -> 1L;
        };
    long count = Long.parseLong(matcher.group(1));
    check(count <= Long.MAX_VALUE / 4 / unit, "'%s' in '%s' is too long".formatted(text, fault));
    return count * unit;
  }

  private static Fault.Kind kind(String label, String text) {
    for (Fault.Kind kind : Fault.Kind.values()) {
      if (kind.label().equals(label)) {
        return kind;
      }
    }
    StringBuilder known = new StringBuilder();
    for (Fault.Kind kind : Fault.Kind.values()) {
      known.append(known.isEmpty() ? "" : ", ").append(kind.label());
    }
    throw new IllegalArgumentException(
        "'%s' in '%s' is not a kind of fault: %s".formatted(label, text, known));
  }

  private static List<String> parts(String where, String separator, String text) {
    int at = where.indexOf(separator);
    check(
        at > 0 && at + separator.length() < where.length(),
        "'%s' lacks what stands on both sides of '%s'".formatted(text, separator));
    return List.of(where.substring(0, at), where.substring(at + separator.length()));
  }

  private static List<String> names(String list) {
    return List.of(list.split(",", -1));
  }

  private static int number(String text, String fault) {
    check(text.matches("\\d{1,4}"), "'%s' in '%s' is not a small number".formatted(text, fault));
    return Integer.parseInt(text);
  }
}
