package io.euryale.bench.group.pattern;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A token goes round; who has it numbers its bundles and sends them to all. The token says how
/// much each member holds, so what is safe is known a round later. The accelerated ring hands the
/// token on before it sends the bundles that it numbered.
///
/// When nothing is under way the token rests, and whoever has something to send says so to all.
public final class TokenOrder extends Pattern {

  private static final int TOKEN = 1;
  private static final int DATA = 2;
  private static final int HURRY = 3;
  private static final long HURRY_AGAIN_NANOS = 5_000_000;

  private record Numbered(long place, ByteBuffer body) {}

  private final boolean accelerated;
  private final Map<Long, Packet> waiting = new HashMap<>();
  private final Deque<Packet> heldBack = new ArrayDeque<>();
  private final long[] holds;
  private long nextPlace;
  private long nextToHold;
  private long delivered;
  private long stable;
  private boolean rests;
  private boolean came;
  private boolean hurried;
  private long askedNanos;
  private int quietHops;

  /// @param accelerated whether the token goes on before the bundles
  /// @throws IOException when the port is in use
  public TokenOrder(int self, int members, int port, boolean accelerated) throws IOException {
    super(self, members, port);
    this.accelerated = accelerated;
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
    stable = 0;
    rests = self == 0;
    came = false;
    hurried = false;
    askedNanos = System.nanoTime() - HURRY_AGAIN_NANOS;
    quietHops = 0;
  }

  @Override
  protected void handle(int kind, int from, ByteBuffer packet) {
    switch (kind) {
      case TOKEN -> {
        came = true;
        nextPlace = packet.getLong();
        quietHops = packet.getInt();
        for (int member = 0; member < members; member++) {
          holds[member] = packet.getLong();
        }
      }
      case DATA -> {
        long place = packet.getLong();
        boolean safe = packet.get() != 0;
        waiting.put(place, new Packet(from, place, 0, safe, rest(packet)));
      }
      default -> hurried = true;
    }
  }

  @Override
  protected void turn() throws IOException {
    hold();
    if (came || (rests && (hurried || hasQueued()))) {
      if (rests) {
        quietHops = 0;
      }
      came = false;
      rests = false;
      visit();
    } else if (hasQueued() && !rests && System.nanoTime() - askedNanos > HURRY_AGAIN_NANOS) {
      askedNanos = System.nanoTime();
      packet(HURRY);
      toAll();
    }
    deliverAll();
  }

  /// What a member does with the token.
  private void visit() throws IOException {
    List<Numbered> numbered = new ArrayList<>();
    while (hasQueued() && numbered.size() < IN_FLIGHT) {
      numbered.add(new Numbered(nextPlace++, bundle()));
    }
    for (Numbered one : numbered) {
      waiting.put(one.place(), new Packet(self, one.place(), 0, safeWanted(), one.body()));
    }
    hold();
    holds[self] = nextToHold - 1;
    stable = Math.max(stable, least(holds));
    boolean quiet = numbered.isEmpty() && stable == nextPlace - 1;
    quietHops = quiet ? quietHops + 1 : 0;
    if (quietHops > members && !hurried) {
      rests = true;
      return;
    }
    hurried = false;
    askedNanos = System.nanoTime() - HURRY_AGAIN_NANOS;
    if (accelerated) {
      pass();
    }
    for (Numbered one : numbered) {
      packet(DATA)
          .putLong(one.place())
          .put((byte) (safeWanted() ? 1 : 0))
          .put(one.body().duplicate());
      toAll();
    }
    if (!accelerated) {
      pass();
    }
  }

  private void pass() throws IOException {
    ByteBuffer token = packet(TOKEN).putLong(nextPlace).putInt(quietHops);
    for (long count : holds) {
      token.putLong(count);
    }
    to((self + 1) % members);
  }

  private void hold() {
    for (Packet next = waiting.remove(nextToHold);
        next != null;
        next = waiting.remove(nextToHold)) {
      nextToHold++;
      heldBack.addLast(next);
    }
  }

  private void deliverAll() {
    for (Packet first = heldBack.peekFirst();
        first != null && (!first.safe() || delivered < stable);
        first = heldBack.peekFirst()) {
      heldBack.removeFirst();
      delivered++;
      deliver(first);
    }
  }
}
