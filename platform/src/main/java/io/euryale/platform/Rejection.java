package io.euryale.platform;

import io.euryale.kernel.Core;

/// Why a connection or a frame was turned away; each reason is counted by itself.
public enum Rejection {
  FRAME_LENGTH("malformed frame: length out of range"),
  FRAME_CHECKSUM("malformed frame: wrong checksum"),
  HELLO_TOO_LONG("malformed frame: more than 16 KiB before the hello"),
  HELLO_MALFORMED("malformed hello"),
  HELLO_TIMEOUT("hello timeout"),
  OTHER_OVERLAY("belongs to another overlay"),
  OTHER_CLASS("speaks another traffic class"),
  SELF("dialled itself"),
  CUT_OFF("cut off on purpose"),
  TOO_MANY_STRANGERS("too many connections without a hello"),
  TOO_MANY_OF_ADDRESS("too many connections from one address"),
  TOO_MANY_GUESTS("too many connections from other machines"),
  NOT_TLS("not TLS: one side has keys and the other has not"),
  HANDSHAKE_TOO_LONG("malformed handshake: more than 16 KiB"),
  HANDSHAKE_FAILED("TLS failed"),
  TOO_MANY_KEY_CHANGES("changes the keys of a link too often"),
  CERTIFICATE_UNTRUSTED("no certificate of an authority that is trusted here"),
  CERTIFICATE_EXPIRED("certificate not valid at this time"),
  OTHER_NAME("certificate is for another name"),
  FORBIDDEN("not allowed"),
  REFUSED_BY_REMOTE("refused by the other side"),
  NOT_LOOPBACK("not a loopback address"),
  NOT_AN_ADDRESS("not an IP address");

  private final String text;

  Rejection(String text) {
    this.text = text;
  }

  /// Whether an operator of an overlay with keys should hear of it: of everything that a stranger
  /// can do. What the table of rights refuses is written down by who asks the table.
  boolean isAudited() {
    return switch (this) {
      case SELF, FORBIDDEN, NOT_LOOPBACK, NOT_AN_ADDRESS -> false;
      default -> true;
    };
  }

  /// In words.
  public String text() {
    return text;
  }

  /// What `linkDown` and `dialFailed` say of a connection.
  String linkReason() {
    return switch (this) {
      case NOT_TLS,
          HANDSHAKE_FAILED,
          CERTIFICATE_UNTRUSTED,
          CERTIFICATE_EXPIRED,
          OTHER_NAME,
          FORBIDDEN,
          REFUSED_BY_REMOTE ->
          Core.TURNED_AWAY + ": " + text;
      default -> text;
    };
  }
}
