package io.euryale.overlay;

import java.nio.charset.StandardCharsets;

/// Something that a peer has to offer.
///
/// @param what never [Resource#PEER]: peers are found without saying so
/// @param name 1 to [#MAX_NAME_BYTES] bytes of UTF-8
/// @param value as the resource defines it
public record Advert(Resource what, String name, long value) {

  /// Longest name in bytes.
  public static final int MAX_NAME_BYTES = 200;

  /// Most adverts of one peer; those beyond are not told.
  public static final int MAX_OF_PEER = 512;

  public Advert {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes < 1 || bytes > MAX_NAME_BYTES) {
      throw new IllegalArgumentException(
          "An advert has a name of 1 to " + MAX_NAME_BYTES + " bytes, not " + bytes);
    }
  }
}
