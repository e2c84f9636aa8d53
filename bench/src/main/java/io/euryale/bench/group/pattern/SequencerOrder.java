package io.euryale.bench.group.pattern;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/// Everybody sends its bundles to all; member 0 tells all in which order they come. A bundle is
/// safe when everybody has said that it holds everything up to its place.
///
/// A sender that is cut off may not know the place of its own bundle although others delivered it
/// there, so this does not give extended virtual synchrony by itself; see [NumberFirstOrder].
public final class SequencerOrder extends Pattern {

  private static final int PACKET = 1;
  private static final int SEQUENCER = 0;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /// Places given beyond what everybody holds at most.
  private static final int WINDOW = 16;

  private final Map<Long, Packet> waiting = new HashMap<>();
  private final Map<Long, Long> places = new HashMap<>();
  private final Deque<Long> toOrder = new ArrayDeque<>();
  private final Deque<Packet> heldBack = new ArrayDeque<>();
  private final long[] holds;
  private long nextPlace;
  private long nextToHold;
  private long delivered;
  private long sentBundles;
  private long saidHolds;
  private long safeHeld;
  private int inFlight;

  /// @throws IOException when the port is in use
  public SequencerOrder(int self, int members, int port) throws IOException {
    super(self, members, port);
    holds = new long[members];
    reset();
  }

  @Override
  protected void reset() {
    waiting.clear();
    places.clear();
    toOrder.clear();
    heldBack.clear();
    Arrays.fill(holds, 0);
    nextPlace = 1;
    nextToHold = 1;
    delivered = 0;
    sentBundles = 0;
    saidHolds = 0;
    safeHeld = 0;
    inFlight = 0;
  }

  private static long key(int sender, long sequence) {
    return sequence << 8 | sender;
  }

  @Override
  protected void handle(int kind, int from, ByteBuffer packet) {
    holds[from] = Math.max(holds[from], packet.getLong());
    int ordered = packet.getInt();
    long first = packet.getLong();
    for (int i = 0; i < ordered; i++) {
      places.put(first + i, packet.getLong());
    }
    long sequence = packet.getLong();
    boolean safe = packet.get() != 0;
    if (sequence > 0) {
      add(new Packet(from, sequence, 0, safe, rest(packet)));
    }
  }

  private void add(Packet packet) {
    long key = key(packet.sender(), packet.sequence());
    waiting.put(key, packet);
    if (self == SEQUENCER) {
      toOrder.addLast(key);
    }
  }

  @Override
  protected void turn() throws IOException {
    do {
      sayAll();
      deliverAll();
    } while (hasQueued() && inFlight < IN_FLIGHT);
  }

  private void sayAll() throws IOException {
    deliverAll();
    while (hasQueued() && inFlight < IN_FLIGHT) {
      ByteBuffer body = bundle();
      inFlight++;
      add(new Packet(self, ++sentBundles, 0, safeWanted(), body));
      say(sentBundles, body);
      toAll();
    }
    if (orderable() > 0 || safeHeld > saidHolds) {
      say(0, NOTHING);
      toAll();
    } else if (self != SEQUENCER && nextToHold - 1 >= saidHolds + WINDOW / 4) {
      say(0, NOTHING);
      to(SEQUENCER);
    }
  }

  /// How many bundles have come that may be given a place: none is far ahead of what the slowest
  /// member holds, which holds all senders back.
  private int orderable() {
    long room = least(holds) + WINDOW - (nextPlace - 1);
    return Math.clamp(room, 0, toOrder.size());
  }

  private void say(long sequence, ByteBuffer body) throws IOException {
    int ordered = orderable();
    ByteBuffer packet = packet(PACKET);
    int holdsAt = packet.position();
    packet.putLong(0).putInt(ordered).putLong(nextPlace);
    for (int i = 0; i < ordered; i++) {
      long key = toOrder.removeFirst();
      places.put(nextPlace++, key);
      packet.putLong(key);
    }
    hold();
    packet.putLong(holdsAt, nextToHold - 1);
    saidHolds = nextToHold - 1;
    packet.putLong(sequence).put((byte) (safeWanted() ? 1 : 0)).put(body.duplicate());
  }

  /// Moves what has come together with its place to the end of what is held.
  private void hold() {
    for (Long key = places.get(nextToHold); key != null; key = places.get(nextToHold)) {
      Packet packet = waiting.remove(key);
      if (packet == null) {
        return;
      }
      places.remove(nextToHold++);
      heldBack.addLast(packet);
      if (packet.safe()) {
        safeHeld = nextToHold - 1;
      }
    }
  }

  private void deliverAll() {
    hold();
    holds[self] = nextToHold - 1;
    long everybody = least(holds);
    for (Packet first = heldBack.peekFirst();
        first != null && (!first.safe() || delivered < everybody);
        first = heldBack.peekFirst()) {
      heldBack.removeFirst();
      delivered++;
      if (first.sender() == self) {
        inFlight--;
      }
      deliver(first);
    }
  }
}
