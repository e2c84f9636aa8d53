package io.euryale.platform;

import io.euryale.kernel.Hello;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.HelloCodec;
import io.euryale.kernel.wire.RefusalCodec;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the links of one core say first, and what they accept in answer. Belongs to the loop of
/// its home.
final class Greeting {

  private final String overlay;
  private final Role role;
  private final TrafficClass trafficClass;
  private final WireReader reader = new WireReader();
  private final WireWriter writer = new WireWriter();
  private @Nullable PeerRef self;
  private Set<PeerName> cutOff = Set.of();

  Greeting(String overlay, Role role, TrafficClass trafficClass) {
    this.overlay = overlay;
    this.role = role;
    this.trafficClass = trafficClass;
  }

  /// Who this peer is and where it listens; null until its core starts.
  @Nullable PeerRef self() {
    return self;
  }

  void self(PeerRef newSelf) {
    self = newSelf;
  }

  /// Peers to have no links with from now on.
  void cutOff(Set<PeerName> peers) {
    cutOff = Set.copyOf(peers);
  }

  boolean isCutOff(@Nullable PeerName peer) {
    return peer != null && cutOff.contains(peer);
  }

  /// Our hello, valid until the next call.
  ByteBuffer hello() {
    PeerRef who = self;
    if (who == null) {
      throw new IllegalStateException("A connection before the start of its core");
    }
    return HelloCodec.encode(writer, new Hello(overlay, role, trafficClass, who));
  }

  /// Our farewell to somebody who may not be here, valid until the next call.
  ByteBuffer refusal(String sentence) {
    return RefusalCodec.encode(writer, sentence);
  }

  /// What the other side says when we may not be there.
  String refusal(ByteBuffer body) {
    return RefusalCodec.decode(reader, body);
  }

  Decoded<Hello> decode(ByteBuffer body) {
    return HelloCodec.decode(reader, body);
  }

  /// Why a hello is not acceptable, or null.
  @Nullable Rejection refusal(Hello remote) {
    PeerRef who = self;
    if (!remote.overlay().equals(overlay)) {
      return Rejection.OTHER_OVERLAY;
    }
    if (remote.trafficClass() != trafficClass) {
      return Rejection.OTHER_CLASS;
    }
    if (isCutOff(remote.self().name())) {
      return Rejection.CUT_OFF;
    }
    return who != null && remote.self().id().equals(who.id()) ? Rejection.SELF : null;
  }
}
