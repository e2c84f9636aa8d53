package io.euryale.bench.group.pattern;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/// As [SequencerOrder], but a sender gets its bundle's place from member 0 before it sends it to
/// all, so that it knows the place before anybody can deliver the bundle.
public final class NumberFirstOrder extends Pattern {

  private static final int ASK = 1;
  private static final int PLACE = 2;
  private static final int DATA = 3;
  private static final int HOLDS = 4;
  private static final int SEQUENCER = 0;

  /// Places given beyond what everybody holds at most.
  private static final int WINDOW = 16;

  private final Map<Long, Packet> waiting = new HashMap<>();
  private final Deque<Packet> heldBack = new ArrayDeque<>();
  private final long[] holds;
  private long nextPlace;
  private long nextToHold;
  private long delivered;
  private long saidHolds;
  private int asked;
  private long safeHeld;
  private final Deque<Integer> asking = new ArrayDeque<>();
  private int inFlight;

  /// @throws IOException when the port is in use
  public NumberFirstOrder(int self, int members, int port) throws IOException {
    super(self, members, port);
    holds = new long[members];
    reset();
  }

  @Override
  protected void reset() {
    waiting.clear();
    heldBack.clear();
    Arrays.fill(holds, 0);
    nextPlace = 1;
    nextToHold = 1;
    delivered = 0;
    saidHolds = 0;
    asked = 0;
    safeHeld = 0;
    asking.clear();
    inFlight = 0;
  }

  @Override
  protected void handle(int kind, int from, ByteBuffer packet) throws IOException {
    switch (kind) {
      case ASK -> asking.addLast(from);
      case PLACE -> {
        asked--;
        send(packet.getLong());
      }
      default -> {
        holds[from] = Math.max(holds[from], packet.getLong());
        if (kind == DATA) {
          long place = packet.getLong();
          boolean safe = packet.get() != 0;
          waiting.put(place, new Packet(from, place, 0, safe, rest(packet)));
        }
      }
    }
  }

  private void send(long place) throws IOException {
    ByteBuffer body = bundle();
    inFlight++;
    waiting.put(place, new Packet(self, place, 0, safeWanted(), body));
    hold();
    packet(DATA)
        .putLong(nextToHold - 1)
        .putLong(place)
        .put((byte) (safeWanted() ? 1 : 0))
        .put(body.duplicate());
    toAll();
    saidHolds = nextToHold - 1;
  }

  @Override
  protected void turn() throws IOException {
    do {
      deliverAll();
      ask();
      givePlaces();
      deliverAll();
    } while (wantsPlace());
    sayWhatIsHeld();
  }

  private boolean wantsPlace() {
    return queuedBytes() > asked * BUNDLE_BYTES && asked + inFlight < IN_FLIGHT;
  }

  private void ask() throws IOException {
    while (wantsPlace()) {
      asked++;
      if (self == SEQUENCER) {
        asking.addLast(self);
      } else {
        packet(ASK);
        to(SEQUENCER);
      }
    }
  }

  /// No place is far ahead of what the slowest member holds, which holds all senders back.
  private void givePlaces() throws IOException {
    while (!asking.isEmpty() && nextPlace - 1 < least(holds) + WINDOW) {
      int member = asking.removeFirst();
      long place = nextPlace++;
      if (member == self) {
        asked--;
        send(place);
      } else {
        packet(PLACE).putLong(place);
        to(member);
      }
    }
  }

  private void sayWhatIsHeld() throws IOException {
    long holdsNow = nextToHold - 1;
    if (safeHeld > saidHolds) {
      saidHolds = holdsNow;
      packet(HOLDS).putLong(holdsNow);
      toAll();
    } else if (self != SEQUENCER && holdsNow >= saidHolds + WINDOW / 4) {
      saidHolds = holdsNow;
      packet(HOLDS).putLong(holdsNow);
      to(SEQUENCER);
    }
  }

  private void hold() {
    for (Packet next = waiting.remove(nextToHold);
        next != null;
        next = waiting.remove(nextToHold)) {
      nextToHold++;
      heldBack.addLast(next);
      if (next.safe()) {
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
