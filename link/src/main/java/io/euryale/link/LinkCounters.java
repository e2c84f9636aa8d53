package io.euryale.link;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/// How many datagrams were opened and sealed, and how many were rejected for which reason, since
/// the process began.
///
/// Counted by the owner thread of a core only; may be read by any thread, for metrics.
public final class LinkCounters {

  private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

  private final Map<Rejection, long[]> rejected = new EnumMap<>(Rejection.class);
  private final long[] opened = new long[1];
  private final long[] sealed = new long[1];
  private final long[] established = new long[1];

  public LinkCounters() {
    for (Rejection reason : Rejection.values()) {
      rejected.put(reason, new long[1]);
    }
  }

  /// How often something was rejected for this reason.
  public long rejected(Rejection reason) {
    return read(of(reason));
  }

  /// How often anything was rejected.
  public long rejected() {
    long sum = 0;
    for (long[] count : rejected.values()) {
      sum += read(count);
    }
    return sum;
  }

  /// Data that was opened.
  public long opened() {
    return read(opened);
  }

  /// Data that was sealed.
  public long sealed() {
    return read(sealed);
  }

  /// Sessions that were agreed upon, renewed ones too.
  public long established() {
    return read(established);
  }

  void reject(Rejection reason) {
    add(of(reason));
  }

  void countOpened() {
    add(opened);
  }

  void countSealed() {
    add(sealed);
  }

  void countEstablished() {
    add(established);
  }

  private long[] of(Rejection reason) {
    return Objects.requireNonNull(rejected.get(reason));
  }

  private static long read(long[] count) {
    return (long) COUNT.getOpaque(count, 0);
  }

  private static void add(long[] count) {
    COUNT.setOpaque(count, 0, count[0] + 1);
  }
}
