package io.euryale.group.order;

import io.euryale.group.Delivery;
import io.euryale.group.Service;
import io.euryale.group.Submission;
import io.euryale.kernel.PeerId;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Hands packets up in their order: each service's rule of delivery is here.
///
/// The rules only look at what is held and known, and knowing more never takes a delivery back. So
/// when a configuration ends, the same rules with the merged knowledge of those who go on together
/// deliver, in the regular configuration, at least what any of them has delivered, and the same.
final class Handover {

  private final History history;
  private final Delivery up;
  private final OrderRules rules;
  private final OrderCounters counters;
  private final List<PeerId> members;
  private final @Nullable ByteArrayOutputStream[] pieces;
  private long messages;

  Handover(History history, Delivery up, OrderRules rules, OrderCounters counters) {
    this.history = history;
    this.counters = counters;
    this.up = up;
    this.rules = rules;
    members = history.configuration.members();
    pieces = new @Nullable ByteArrayOutputStream[history.size()];
  }

  /// Messages handed up in this configuration.
  long messages() {
    return messages;
  }

  /// Hands up a RELIABLE packet as soon as all pieces of its message are here.
  void reliable(long now, Packet packet) {
    if (packet.handedUp) {
      return;
    }
    if (packet.pieces == Packet.WHOLE) {
      packet.handedUp = true;
      whole(now, packet);
      return;
    }
    Origin origin = history.origins[packet.origin];
    Packet first = packet;
    while (first != null && !first.isFirstPiece()) {
      first = piece(packet, origin.get(first.sequence - 1));
    }
    Packet last = packet;
    while (last != null && !last.isLastPiece()) {
      last = piece(packet, origin.get(last.sequence + 1));
    }
    if (first == null || last == null) {
      return;
    }
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    boolean fits = true;
    for (long s = first.sequence; s <= last.sequence; s++) {
      Packet piece = origin.get(s);
      if (piece != null) {
        piece.handedUp = true;
        fits &= message.size() + piece.length <= Submission.MAX_MESSAGE_BYTES;
        if (fits) {
          message.write(piece.body, 0, piece.length);
        }
      }
    }
    if (!fits) {
      counters.brokenMessages++;
      return;
    }
    up(now, last, last.firstMessage, ByteBuffer.wrap(message.toByteArray()));
  }

  /// A neighbour of a piece, when it is here and of the same message.
  private static @Nullable Packet piece(Packet packet, @Nullable Packet neighbour) {
    return neighbour != null
            && neighbour.service == Service.RELIABLE
            && neighbour.pieces != Packet.WHOLE
            && neighbour.firstMessage == packet.firstMessage
        ? neighbour
        : null;
  }

  /// Hands up everything that has its place in the regular configuration.
  ///
  /// @param line every packet of every member up to here is held
  /// @param stableLine everybody's line is at least here
  void regular(long now, long line, long stableLine) {
    boolean again = true;
    while (again) {
      again = unordered(now, null, 0);
      Packet first = history.earliestHead();
      if (first != null
          && first.isOrdered()
          && rules.hasItsPlace(
              first.service, rules.compared(first.time), rules.compared(line), stableLine)) {
        next(now, first);
        again = true;
      }
    }
  }

  /// Hands up what is left in the transitional configuration: everything of the members that came
  /// along, and of the others what cannot depend on a packet that nobody has.
  ///
  /// @param along by rank, who came along or is treated so by obligation
  /// @param strangersLine up to here every packet of all the others is held
  void transitional(long now, boolean[] along, long strangersLine) {
    boolean again = true;
    while (again) {
      again = unordered(now, along, strangersLine);
      Packet first = null;
      for (Origin origin : history.origins) {
        Packet head = origin.head();
        if (head != null
            && head.isOrdered()
            && remains(head, along, strangersLine)
            && (first == null || head.precedes(first))) {
          first = head;
        }
      }
      if (first != null) {
        next(now, first);
        again = true;
      }
    }
  }

  private boolean remains(Packet packet, boolean[] along, long strangersLine) {
    return along[packet.origin] || packet.time <= strangersLine || !rules.dropsOrphans();
  }

  /// Hands up what does not wait for the total order.
  ///
  /// @param along null in the regular configuration
  private boolean unordered(long now, boolean @Nullable [] along, long strangersLine) {
    boolean any = false;
    for (Origin origin : history.origins) {
      Packet head = origin.head();
      while (head != null
          && isReady(head)
          && (along == null || remains(head, along, strangersLine))) {
        next(now, head);
        any = true;
        head = origin.head();
      }
    }
    return any;
  }

  private boolean isReady(Packet packet) {
    return switch (packet.service) {
      case UNRELIABLE, RELIABLE, FIFO -> true;
      case CAUSAL ->
          !packet.isOrdered()
              && (!rules.waitsForCauses() || history.satisfies(packet.dependencies));
      case AGREED, SAFE -> false;
    };
  }

  private void next(long now, Packet packet) {
    history.origins[packet.origin].next++;
    if (packet.service == Service.RELIABLE) {
      reliable(now, packet);
    } else if (packet.pieces == Packet.WHOLE) {
      whole(now, packet);
    } else {
      piece(now, packet);
    }
  }

  private void whole(long now, Packet packet) {
    // Read-only: the packet is kept for those who miss it.
    ByteBuffer in = ByteBuffer.wrap(packet.body, 0, packet.length).asReadOnlyBuffer();
    long sequence = packet.firstMessage;
    while (in.hasRemaining()) {
      int length = in.getInt();
      int end = in.position() + length;
      in.limit(end);
      up(now, packet, sequence++, in);
      in.limit(packet.length).position(end);
    }
  }

  private void piece(long now, Packet packet) {
    if (packet.isFirstPiece()) {
      pieces[packet.origin] = new ByteArrayOutputStream();
    }
    ByteArrayOutputStream message = pieces[packet.origin];
    if (message == null || message.size() + packet.length > Submission.MAX_MESSAGE_BYTES) {
      // Nobody sends such pieces. All members drop them alike.
      pieces[packet.origin] = null;
      counters.brokenMessages++;
      return;
    }
    message.write(packet.body, 0, packet.length);
    if (packet.isLastPiece()) {
      pieces[packet.origin] = null;
      up(now, packet, packet.firstMessage, ByteBuffer.wrap(message.toByteArray()));
    }
  }

  private void up(long now, Packet packet, long sequence, ByteBuffer payload) {
    messages++;
    up.message(now, members.get(packet.origin), sequence, packet.service, payload);
  }
}
