package io.euryale.platform;

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
  NOT_LOOPBACK("not a loopback address"),
  NOT_AN_ADDRESS("not an IP address");

  private final String text;

  Rejection(String text) {
    this.text = text;
  }

  /// What `linkDown` and `dialFailed` say.
  public String text() {
    return text;
  }
}
