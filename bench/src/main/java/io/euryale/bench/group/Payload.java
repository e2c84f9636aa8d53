package io.euryale.bench.group;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// What a measured message says: which run it belongs to, its sender, its number there, and when it
/// was due. The rest are zeros.
final class Payload {

  static final int LEAST_BYTES = 20;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Payload() {}

  static byte[] of(int size, int run, int sender, int number, long dueNanos) {
    byte[] bytes = new byte[Math.max(size, LEAST_BYTES)];
    INT.set(bytes, 0, run);
    INT.set(bytes, 4, sender);
    INT.set(bytes, 8, number);
    LONG.set(bytes, 12, dueNanos);
    return bytes;
  }

  static int run(byte[] bytes, int offset) {
    return (int) INT.get(bytes, offset);
  }

  static int sender(byte[] bytes, int offset) {
    return (int) INT.get(bytes, offset + 4);
  }

  static int number(byte[] bytes, int offset) {
    return (int) INT.get(bytes, offset + 8);
  }

  static long dueNanos(byte[] bytes, int offset) {
    return (long) LONG.get(bytes, offset + 12);
  }
}
