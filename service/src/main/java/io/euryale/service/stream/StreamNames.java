package io.euryale.service.stream;

import io.euryale.kernel.PeerId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// Names of streams, patterns that select them, and the 64-bit identity of a flow.
public final class StreamNames {

  /// Longest stream name or pattern, in characters (all of them one byte in UTF-8).
  public static final int MAX_LENGTH = 200;

  private StreamNames() {}

  /// Whether `name` can be a stream: 1 to 200 letters, digits, or any of `. _ - / :`.
  public static boolean isName(String name) {
    return isText(name, false);
  }

  /// Whether `pattern` can select streams: a name in which `*` stands for any characters and `?`
  /// for one.
  public static boolean isPattern(String pattern) {
    return isText(pattern, true);
  }

  private static boolean isText(String text, boolean wildcards) {
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "._-/:".indexOf(c) >= 0;
      if (!plain && !(wildcards && (c == '*' || c == '?'))) {
        return false;
      }
    }
    return true;
  }

  /// Whether `pattern` selects `name`. Linear in the name for each `*`: no backtracking blow-up.
  public static boolean matches(String pattern, String name) {
    int p = 0;
    int n = 0;
    int star = -1;
    int resume = 0;
    while (n < name.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        resume = n;
      } else if (p < pattern.length()
          && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))) {
        p++;
        n++;
      } else if (star >= 0) {
        p = star + 1;
        n = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  /// Has Java load what identities take: some 20 ms in a young process, for which no packet shall
  /// wait. To be called before there are packets.
  static void load() {
    long _ = flowId("", PeerId.of("nobody", 1));
  }

  /// The identity of one life of a stream: the first 8 bytes of the SHA-256 of the sensor's
  /// incarnation and name, a zero byte and the stream's name.
  ///
  /// Packets carry it and nothing else of their stream, so whoever finds a stream of his own with
  /// the identity of another's publishes as that one. Stream and incarnation are his to choose, and
  /// with a hash that can be computed backwards he would meet in the middle after 2^32 tries; with
  /// this one a certain flow takes him 2^64, and one of a thousand 2^54 while they live. The
  /// sensor's name is in it because two sensors may publish one stream from the same millisecond
  /// on. Relays and clients refuse a second flow of an identity that they know.
  public static long flowId(String name, PeerId sensor) {
    byte[] who = sensor.name().value().getBytes(StandardCharsets.UTF_8);
    byte[] what = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer all = ByteBuffer.allocate(Long.BYTES + who.length + 1 + what.length);
    all.putLong(sensor.incarnation()).put(who).put((byte) 0).put(what);
    try {
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(all.array())).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
