package io.euryale.service.stream;

import io.euryale.kernel.PeerName;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.service.stream.StreamFrames.Message;
import java.nio.ByteBuffer;

/// Sends a sensor's packets to its peer, and again with growing pauses until they are delivered or
/// given up.
final class Transmission {

  /// Packets of a stream are traced so often at the most.
  private static final long TRACE_PERIOD_NANOS = 100_000_000L;

  private final StreamSettings settings;
  private final StreamRules rules;
  private final PeerName self;
  private final SensorLink link;
  private final Wakeup wakeup;
  private final Publisher.Listener listener;
  private final WireWriter writer = new WireWriter();

  Transmission(
      StreamSettings settings,
      StreamRules rules,
      PeerName self,
      SensorLink link,
      Wakeup wakeup,
      Publisher.Listener listener) {
    this.settings = settings;
    this.rules = rules;
    this.self = self;
    this.link = link;
    this.wakeup = wakeup;
    this.listener = listener;
  }

  /// Sends a packet for the first time; one of best effort is done with that.
  ///
  /// @param last the last sequence of its payload
  void depart(long nowNanos, Outgoing out, long sequence, Slot slot, boolean reliable, long last) {
    ByteBuffer packet = slot.packet;
    if (packet != null && sequence == last) {
      trace(nowNanos, out, packet);
    }
    if (reliable) {
      send(nowNanos, out, sequence, slot);
      return;
    }
    boolean sent = false;
    if (packet != null && link.isUp()) {
      StreamFrames.patchAge(packet, link.transitNanos());
      sent = link.send(packet);
      tellHop(nowNanos, packet, nowNanos);
    }
    out.window.finish(slot);
    out.window.advance();
    if (!sent && sequence == last) {
      listener.lost(nowNanos, out.name, sequence, "no peer took it");
    }
  }

  /// Marks a packet so that all who have it say for how long, when a subscription asks for that.
  private void trace(long nowNanos, Outgoing out, ByteBuffer packet) {
    StreamQos wanted = out.wanted;
    if (wanted != null && wanted.traced() && nowNanos - out.tracedAtNanos >= TRACE_PERIOD_NANOS) {
      out.tracedAtNanos = nowNanos;
      StreamFrames.markTraced(packet);
    }
  }

  private void tellHop(long nowNanos, ByteBuffer packet, long bornNanos) {
    if (StreamFrames.isTraced(packet)) {
      link.send(
          StreamFrames.encode(
              writer,
              new Message.Hop(
                  StreamFrames.flow(packet),
                  StreamFrames.sequence(packet),
                  self,
                  0,
                  (nowNanos - bornNanos) / 1_000,
                  link.transitNanos() / 1_000)));
    }
  }

  /// Sends what two peers do not hold yet, at once: to another peer even what was sent often enough
  /// and is about to be given up, as this one may take it.
  void resend(long nowNanos, Outgoing out) {
    for (long sequence = out.window.base(); sequence < out.window.next(); sequence++) {
      Slot slot = out.window.at(sequence);
      if (slot.isPending() && !slot.held) {
        send(nowNanos, out, sequence, slot);
      }
    }
  }

  private void send(long nowNanos, Outgoing out, long sequence, Slot slot) {
    ByteBuffer packet = slot.packet;
    if (packet == null) {
      return;
    }
    boolean possible = link.isUp() && out.wanted != null;
    if (possible) {
      StreamFrames.patch(packet, StreamFrames.DATA, out.floor());
      StreamFrames.patchOrigin(packet, Math.min(out.window.base(), sequence));
      StreamFrames.patchAge(packet, rules.age(nowNanos - slot.bornNanos + link.transitNanos()));
      if (slot.held) {
        StreamFrames.markRepeat(packet);
      }
      if (link.sendToConfirm(nowNanos, packet)) {
        slot.attempts++;
        tellHop(nowNanos, packet, slot.bornNanos);
      }
    }
    if (slot.attempts > settings.attempts()) {
      return; // One more, and no more time: it would never be given up where peers change.
    }
    long first = (slot.held ? settings.deliveryTimeout() : settings.retryPause()).toNanos();
    long pause = settings.pauseNanos(first, Math.max(0, slot.attempts - 1));
    slot.retryAtNanos = nowNanos + pause + StreamFrames.periodNanos(packet);
    long endNanos = slot.bornNanos + out.offer.lifespan().toNanos() + 1;
    if (endNanos > nowNanos && endNanos < slot.retryAtNanos && !out.offer.lifespan().isZero()) {
      slot.retryAtNanos = endNanos;
    }
    wakeup.by(slot.retryAtNanos);
  }

  /// Notes what two peers hold, and what was delivered.
  ///
  /// @return whether two peers hold more than before
  boolean confirmed(long nowNanos, Outgoing out, ByteBuffer progress) {
    long upTo = StreamFrames.upTo(progress);
    long bits = StreamFrames.bits(progress);
    long delivered = StreamFrames.delivered(progress);
    Window window = out.window;
    boolean isMore = false;
    for (long sequence = window.base(); sequence < window.next(); sequence++) {
      Slot slot = window.at(sequence);
      if (sequence <= delivered) {
        window.finish(slot);
      } else if (slot.isPending() && !slot.held && StreamFrames.covers(upTo, bits, sequence)) {
        isMore = true;
        slot.held = true;
        slot.attempts = 0;
        slot.retryAtNanos = nowNanos + settings.deliveryTimeout().toNanos();
        wakeup.by(slot.retryAtNanos);
      }
    }
    window.advance();
    return isMore;
  }

  /// Repeats what is due, or gives it up.
  ///
  /// @return whether something was given up
  boolean repeatDue(long nowNanos, Outgoing out) {
    Window window = out.window;
    boolean gaveUp = false;
    for (long sequence = window.base(); sequence < window.next(); sequence++) {
      Slot slot = window.at(sequence);
      if (!slot.isPending()) {
        continue;
      }
      if (slot.retryAtNanos > nowNanos) {
        wakeup.by(slot.retryAtNanos);
      } else if (rules.expires(nowNanos - slot.bornNanos, out.offer.lifespan().toNanos())) {
        gaveUp = true;
        giveUp(nowNanos, out, slot, "older than its lifespan");
      } else if (slot.attempts >= settings.attempts()) {
        gaveUp = true;
        giveUp(nowNanos, out, slot, slot.held ? "no client confirmed it" : "no two peers took it");
      } else {
        send(nowNanos, out, sequence, slot);
      }
    }
    if (gaveUp) {
      window.advance();
    }
    return gaveUp;
  }

  /// Gives up all packets of a payload.
  private void giveUp(long nowNanos, Outgoing out, Slot slot, String reason) {
    ByteBuffer packet = slot.packet;
    if (packet != null) {
      long last = StreamFrames.lastSequence(packet);
      long first = Math.max(out.window.base(), StreamFrames.firstSequence(packet));
      for (long sequence = first; sequence <= last; sequence++) {
        out.window.finish(out.window.at(sequence));
      }
      listener.lost(nowNanos, out.name, last, reason);
    }
  }
}
