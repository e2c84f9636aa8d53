package io.euryale.platform.keys;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/// The few forms of DER (X.690) that an X.509 certificate is written in.
final class Der {

  private static final DateTimeFormatter SHORT_YEAR =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'");
  private static final DateTimeFormatter LONG_YEAR =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'");

  /// The year from which X.509 writes four digits.
  private static final int FIRST_LONG_YEAR = 2050;

  private Der() {}

  static byte[] sequence(byte[]... parts) {
    return value(0x30, parts);
  }

  static byte[] set(byte[]... parts) {
    return value(0x31, parts);
  }

  static byte[] integer(BigInteger number) {
    return value(0x02, number.toByteArray());
  }

  static byte[] yes() {
    return value(0x01, new byte[] {(byte) 0xFF});
  }

  static byte[] nothing() {
    return value(0x05);
  }

  static byte[] text(String text) {
    return value(0x0C, text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] octets(byte[] octets) {
    return value(0x04, octets);
  }

  /// @param unused bits at the end that do not count
  static byte[] bits(int unused, byte[] bytes) {
    return value(0x03, new byte[] {(byte) unused}, bytes);
  }

  /// The constructed value that the context gives the number `tag`.
  static byte[] tagged(int tag, byte[]... parts) {
    return value(0xA0 | tag, parts);
  }

  /// The primitive value that the context gives the number `tag`.
  static byte[] implicit(int tag, byte[] content) {
    return value(0x80 | tag, content);
  }

  static byte[] time(Instant instant) {
    ZonedDateTime utc = instant.atZone(ZoneOffset.UTC);
    boolean isShort = utc.getYear() < FIRST_LONG_YEAR;
    String text = (isShort ? SHORT_YEAR : LONG_YEAR).format(utc);
    return value(isShort ? 0x17 : 0x18, text.getBytes(StandardCharsets.US_ASCII));
  }

  static byte[] identifier(String dotted) {
    String[] arcs = dotted.split("\\.", -1);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.write(Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      int arc = Integer.parseInt(arcs[i]);
      for (int shift = 28; shift > 0; shift -= 7) {
        if (arc >>> shift != 0) {
          content.write(0x80 | (arc >>> shift & 0x7F));
        }
      }
      content.write(arc & 0x7F);
    }
    return value(0x06, content.toByteArray());
  }

  private static byte[] value(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else {
      byte[] digits = BigInteger.valueOf(length).toByteArray();
      int from = digits[0] == 0 ? 1 : 0;
      out.write(0x80 | (digits.length - from));
      out.write(digits, from, digits.length - from);
    }
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
