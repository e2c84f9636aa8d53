package io.euryale.bench.group.pattern;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.TreeMap;

/// Everybody stamps its bundles with Lamport time; the order is time, then sender. A bundle is
/// agreed when everybody is known to stamp later ones with a later time, which everybody says at
/// once after it heard of a bundle.
///
/// Two ways to know that everybody holds a bundle: by *lines* everybody says up to which time it
/// holds everything, which takes one more hop, because it must have heard from everybody first. By
/// *vectors* everybody says how many bundles of each sender it holds, which the packet that makes
/// the bundle agreed can say already.
public final class LamportOrder extends Pattern {

  private static final int SAYS = 1;
  private static final int DATA = 2;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private record Stamped(
      int kind, long time, long line, List<Long> holds, boolean safe, ByteBuffer body) {}

  private final boolean vectors;
  private final PriorityQueue<Packet> pending =
      new PriorityQueue<>(Comparator.comparingLong(Packet::time).thenComparingInt(Packet::sender));
  private final long[] promise;
  private final long[] lines;
  private final long[] held;
  private final long[][] holds;
  private final long[] heardPackets;
  private final List<TreeMap<Long, Stamped>> early = new ArrayList<>();
  private long clock;
  private long sentPackets;
  private long said;
  private long saidLine;
  private long latest;
  private int latestSender;
  private long waitsForLine;
  private boolean safeUnsaid;
  private int inFlight;

  /// @param vectors how it is known that everybody holds a bundle
  /// @throws IOException when the port is in use
  public LamportOrder(int self, int members, int port, boolean vectors) throws IOException {
    super(self, members, port);
    this.vectors = vectors;
    promise = new long[members];
    lines = new long[members];
    held = new long[members];
    holds = new long[members][members];
    heardPackets = new long[members];
    for (int member = 0; member < members; member++) {
      early.add(new TreeMap<>());
    }
    reset();
  }

  @Override
  protected void reset() {
    pending.clear();
    Arrays.fill(promise, 1);
    Arrays.fill(lines, 1);
    Arrays.fill(held, 0);
    Arrays.fill(heardPackets, 0);
    for (int member = 0; member < members; member++) {
      Arrays.fill(holds[member], 0);
      early.get(member).clear();
    }
    clock = 1;
    sentPackets = 0;
    said = 1;
    saidLine = 1;
    latest = 0;
    latestSender = 0;
    waitsForLine = 0;
    safeUnsaid = false;
    inFlight = 0;
  }

  @Override
  protected void handle(int kind, int from, ByteBuffer packet) {
    long number = packet.getLong();
    long time = packet.getLong();
    long line = packet.getLong();
    List<Long> theirs = new ArrayList<>();
    for (int member = 0; member < members; member++) {
      theirs.add(packet.getLong());
    }
    boolean safe = packet.get() != 0;
    early.get(from).put(number, new Stamped(kind, time, line, theirs, safe, rest(packet)));
    // Loopback keeps the order of one socket almost always.
    for (Stamped next = early.get(from).remove(heardPackets[from] + 1);
        next != null;
        next = early.get(from).remove(heardPackets[from] + 1)) {
      heardPackets[from]++;
      hear(from, next);
    }
  }

  private void hear(int from, Stamped packet) {
    if (packet.kind() == DATA) {
      held[from]++;
      add(new Packet(from, held[from], packet.time(), packet.safe(), packet.body()));
      promise[from] = packet.time() + 1;
      clock = Math.max(clock, packet.time() + 1);
    } else {
      promise[from] = Math.max(promise[from], packet.time());
      clock = Math.max(clock, packet.time());
    }
    lines[from] = Math.max(lines[from], packet.line());
    for (int member = 0; member < members; member++) {
      holds[from][member] = packet.holds().get(member);
    }
  }

  private void add(Packet packet) {
    pending.add(packet);
    if (packet.time() > latest || (packet.time() == latest && packet.sender() > latestSender)) {
      latest = packet.time();
      latestSender = packet.sender();
    }
    if (packet.safe()) {
      waitsForLine = Math.max(waitsForLine, packet.time());
      safeUnsaid |= packet.sender() != self;
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
      long time = clock++;
      held[self]++;
      inFlight++;
      add(new Packet(self, held[self], time, safeWanted(), body));
      say(DATA, time, body);
    }
    boolean mustPromise = said < latest || (said == latest && self < latestSender);
    // A line passes a bundle only when everybody's time has, ties included.
    mustPromise |= !vectors && said <= waitsForLine;
    // A clock that is far ahead needs no new promise; that the bundle is held must still be said.
    mustPromise |= vectors && safeUnsaid;
    boolean mustSayLine = !vectors && waitsForLine >= saidLine && line() > saidLine;
    if (mustPromise || mustSayLine) {
      say(SAYS, clock, NOTHING);
    }
  }

  private void say(int kind, long time, ByteBuffer body) throws IOException {
    promise[self] = clock;
    System.arraycopy(held, 0, holds[self], 0, members);
    long line = line();
    lines[self] = line;
    ByteBuffer packet = packet(kind).putLong(++sentPackets).putLong(time).putLong(line);
    for (long count : held) {
      packet.putLong(count);
    }
    packet.put((byte) (safeWanted() ? 1 : 0)).put(body.duplicate());
    toAll();
    said = clock;
    safeUnsaid = false;
    saidLine = line;
  }

  /// Everything stamped with less is held.
  private long line() {
    long line = clock;
    for (int member = 0; member < members; member++) {
      if (member != self) {
        line = Math.min(line, promise[member]);
      }
    }
    return line;
  }

  private void deliverAll() {
    for (Packet first = pending.peek(); first != null && isDue(first); first = pending.peek()) {
      pending.remove();
      if (first.sender() == self) {
        inFlight--;
      }
      deliver(first);
    }
  }

  private boolean isDue(Packet packet) {
    for (int member = 0; member < members; member++) {
      long next = member == self ? clock : promise[member];
      if (next < packet.time() || (next == packet.time() && member <= packet.sender())) {
        return false;
      }
      if (packet.safe() && member != self) {
        boolean holdsIt =
            vectors
                ? holds[member][packet.sender()] >= packet.sequence()
                : lines[member] > packet.time();
        if (!holdsIt) {
          return false;
        }
      }
    }
    return true;
  }
}
