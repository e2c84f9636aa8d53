package io.euryale.kernel.wire;

import io.euryale.kernel.Hello;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import java.nio.ByteBuffer;

/// The first frame on every link, in both directions.
///
/// | bytes | field             | since | meaning                                        |
/// |-------|-------------------|-------|------------------------------------------------|
/// | 1     | type              | 1     | [#TYPE]                                        |
/// | 4     | magic             | 1     | `EURY` in ASCII                                |
/// | 2     | oldest version    | 1     | oldest protocol version the sender speaks      |
/// | 2     | newest version    | 1     | newest; the link uses the highest common one   |
/// | 1     | role              | 1     | [Role]                                         |
/// | 1     | traffic class     | 1     | [TrafficClass] of this link                    |
/// | text  | overlay           | 1     | name of the overlay                            |
/// | ref   | self              | 1     | name, incarnation, host, four ports            |
///
/// Bytes left over are fields of a later version and are skipped.
public final class HelloCodec {

  /// Message type of a hello; no other protocol uses it.
  public static final int TYPE = 1;

  /// The only protocol version so far.
  public static final int VERSION = 1;

  static final int MAGIC = 0x45555259;

  private HelloCodec() {}

  public static ByteBuffer encode(WireWriter writer, Hello hello) {
    return writer
        .start(TYPE)
        .i32(MAGIC)
        .u16(VERSION)
        .u16(VERSION)
        .u8(hello.role().code())
        .u8(hello.trafficClass().code())
        .text(hello.overlay())
        .peerRef(hello.self())
        .frame();
  }

  public static Decoded<Hello> decode(WireReader reader, ByteBuffer body) {
    reader.over(body);
    int type = reader.u8("type");
    if (reader.failure() == null && type != TYPE) {
      return new Decoded.Unknown<>(type);
    }
    if (reader.i32("magic") != MAGIC) {
      reader.fail("not a Euryale link");
    }
    int oldest = reader.u16("oldest version");
    int newest = reader.u16("newest version");
    if (oldest > VERSION || newest < VERSION) {
      reader.fail("speaks versions " + oldest + " to " + newest + ", this peer " + VERSION);
    }
    Role role = Role.ofCode(reader.u8("role"));
    TrafficClass trafficClass = TrafficClass.ofCode(reader.u8("traffic class"));
    String overlay = reader.text(Hello.MAX_OVERLAY_LENGTH, "overlay");
    if (reader.failure() == null && !PeerName.isValid(overlay)) {
      reader.fail("overlay is not a valid name");
    }
    PeerRef self = reader.peerRef("self");
    if (role == null || trafficClass == null) {
      reader.fail("unknown role or traffic class");
      return reader.malformed();
    }
    return reader.failure() == null
        ? new Decoded.Ok<>(new Hello(overlay, role, trafficClass, self))
        : reader.malformed();
  }
}
