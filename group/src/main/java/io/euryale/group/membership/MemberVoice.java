package io.euryale.group.membership;

import io.euryale.group.order.Fanout;
import io.euryale.kernel.DatagramHome;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.wire.Decoded;
import io.euryale.link.Fragments;
import io.euryale.link.LinkCounters;
import io.euryale.link.LinkSettings;
import io.euryale.link.Reassembly;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.BiConsumer;

/// Membership messages over sealed datagrams, cut into pieces where they do not fit. Messages to
/// oneself wait until the turn hands them out.
final class MemberVoice implements Voice {

  static final int PIECE = 130;

  private final DatagramHome home;
  private final PeerId self;
  private final Fanout fanout;
  private final Reassembly reassembly;
  private final MemberCodec codec = new MemberCodec();
  private final ArrayDeque<MemberMessage> toSelf = new ArrayDeque<>();
  private long pieces;

  MemberVoice(
      DatagramHome home, PeerId self, Fanout fanout, LinkSettings link, LinkCounters counters) {
    this.home = home;
    this.self = self;
    this.fanout = fanout;
    reassembly = new Reassembly(link, counters);
  }

  @Override
  public void send(long now, PeerId to, MemberMessage message) {
    if (to.equals(self)) {
      toSelf.add(message);
      return;
    }
    ByteBuffer body = codec.encode(message);
    int room = fanout.bodyBytes(to);
    if (body.remaining() <= room) {
      fanout.to(to, body);
      return;
    }
    Fragments.cut(
        ++pieces,
        body,
        room - 1,
        piece ->
            fanout.to(
                to,
                ByteBuffer.allocate(1 + piece.remaining()).put((byte) PIECE).put(piece).flip()));
  }

  @Override
  public long jitter(long bound) {
    return home.jitter(bound);
  }

  /// A later life of a peer has taken the place of this one: pieces of its messages go.
  void forget(PeerId former) {
    reassembly.forget(former);
  }

  /// Whether the message decoded last had fields of a later version at its end.
  boolean hasMoreFields() {
    return codec.hasMoreFields();
  }

  /// Decodes a body, putting pieces together first.
  ///
  /// @return unknown of type [#PIECE] while pieces are missing
  Decoded<MemberMessage> decode(long now, PeerId from, ByteBuffer body) {
    if ((body.get(body.position()) & 0xFF) != PIECE) {
      return codec.decode(body);
    }
    body.get();
    reassembly.expire(now);
    ByteBuffer whole = reassembly.piece(now, from, body);
    return whole == null ? new Decoded.Unknown<>(PIECE) : codec.decode(whole);
  }

  /// Hands out what this peer said to itself, and what that leads to.
  void drain(BiConsumer<PeerId, MemberMessage> taker) {
    for (MemberMessage message = toSelf.poll(); message != null; message = toSelf.poll()) {
      taker.accept(self, message);
    }
  }
}
