package io.euryale.link;

import io.euryale.kernel.Hello;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// What both sides tell each other inside a handshake, encrypted where there are keys.
///
/// | bytes | field   | since | meaning                                                         |
/// |-------|---------|-------|-----------------------------------------------------------------|
/// | ref   | self    | 1     | name, incarnation, host, four ports                             |
/// | name  | to      | 1     | who it is meant for                                             |
/// | text  | overlay | 1     | name of the overlay                                             |
/// | 2     | oldest  | 1     | oldest protocol version the sender speaks                       |
/// | 2     | newest  | 1     | newest                                                          |
/// | 8     | epoch   | 1     | first message: of the last session with this peer, 0 for none;  |
/// |       |         |       | second: of the session agreed upon                              |
///
/// Bytes left over are fields of a later version and are skipped.
record Greeting(PeerRef self, PeerName to, String overlay, int oldest, int newest, long epoch) {

  /// The only protocol version so far.
  static final int VERSION = 1;

  /// Epochs grow by one with each session; more than this is malformed.
  static final long MAX_EPOCH = 1L << 60;

  byte[] encode() {
    ByteBuffer frame =
        new WireWriter()
            .start(VERSION)
            .peerRef(self)
            .peerName(to)
            .text(overlay)
            .u16(oldest)
            .u16(newest)
            .i64(epoch)
            .frame();
    byte[] bytes = new byte[frame.remaining() - 1];
    frame.position(1).get(bytes);
    return bytes;
  }

  /// Reads a greeting, or gives null when it is malformed.
  static @Nullable Greeting decode(ByteBuffer bytes) {
    WireReader reader = new WireReader().over(bytes);
    PeerRef self = reader.peerRef("self");
    PeerName to = reader.peerName("to");
    String overlay = reader.text(Hello.MAX_OVERLAY_LENGTH, "overlay");
    int oldest = reader.u16("oldest version");
    int newest = reader.u16("newest version");
    long epoch = reader.i64("epoch");
    if (reader.failure() != null
        || oldest > newest
        || epoch < 0
        || epoch > MAX_EPOCH
        || !PeerName.isValid(overlay)) {
      return null;
    }
    return new Greeting(self, to, overlay, oldest, newest, epoch);
  }

  /// Why `receiver` does not want to talk to a sender that proved its name, or null.
  @Nullable Rejection refusedBy(PeerName receiver, String ownOverlay) {
    if (self.name().equals(receiver)) {
      return Rejection.OWN_NAME;
    }
    if (!to.equals(receiver)) {
      return Rejection.WRONG_NAME;
    }
    if (!overlay.equals(ownOverlay)) {
      return Rejection.OTHER_OVERLAY;
    }
    return oldest > VERSION || newest < VERSION ? Rejection.NO_COMMON_VERSION : null;
  }
}
