package io.euryale.service.stream;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The sequences of a flow that something is left to do for: a ring of slots from [#base] to
/// [#next], growing in powers of two up to a limit. Everything below the base is done.
final class Window {

  /// Enough while packets are confirmed as they come. A peer has a window of each flow that lately
  /// came by it.
  private static final int INITIAL_SLOTS = 4;

  /// Windows that an owner can be ahead at the most.
  private static final int BEYOND = 4;

  private final int limit;
  private final PacketStore store;
  private Slot[] ring = slots(INITIAL_SLOTS);
  private long base;
  private long next;
  private long usedBytes;

  /// @param limit most sequences from base to next
  Window(int limit, PacketStore store) {
    this.limit = limit;
    this.store = store;
  }

  private static Slot[] slots(int count) {
    Slot[] slots = new Slot[count];
    for (int i = 0; i < count; i++) {
      slots[i] = new Slot();
    }
    return slots;
  }

  /// Whether the first sequence is not known yet.
  boolean isUnset() {
    return base == 0;
  }

  /// Sets where the window begins; only while it is empty.
  void begin(long sequence) {
    base = sequence;
    next = sequence;
  }

  /// Lowest sequence that is not done; 0 while unset.
  long base() {
    return base;
  }

  /// One past the highest sequence seen.
  long next() {
    return next;
  }

  /// Whether more than one of so many parts of the most sequences is in use.
  boolean exceeds(int parts) {
    return (next - base) * parts > limit;
  }

  /// Whoever sends keeps below this.
  long farthest() {
    return next + limit;
  }

  /// The slot of a sequence from base to next, both known to the caller.
  Slot at(long sequence) {
    return ring[(int) sequence & (ring.length - 1)];
  }

  /// The slot of any sequence not below the base, or null when the window is too small for it.
  @Nullable Slot reach(long sequence) {
    return reach(sequence, limit);
  }

  /// As [#reach], for what all replicas have to store alike: its owner keeps within the limit, and
  /// this peer may only be late to hear what is done.
  @Nullable Slot reachBeyond(long sequence) {
    return reach(sequence, BEYOND * limit);
  }

  private @Nullable Slot reach(long sequence, int most) {
    if (sequence - base >= most) {
      return null;
    }
    if (sequence >= next) {
      while (sequence - base >= ring.length) {
        grow();
      }
      next = sequence + 1;
    }
    return at(sequence);
  }

  /// Keeps a copy of a packet in its slot; false when the store, or this flow's share of it, is
  /// full. The first packet that is not done always has room: all others wait for it.
  boolean keep(Slot slot, ByteBuffer packet) {
    boolean isFirst = StreamFrames.sequence(packet) == base;
    ByteBuffer copy = isFirst ? store.copyFirst(packet) : store.copy(packet, usedBytes);
    if (copy != null) {
      put(slot, copy);
    }
    return copy != null;
  }

  /// As [#keep], however full the store is: for what all replicas have to store alike, and for the
  /// one payload that must become complete before anything can be freed.
  void keepBeyond(Slot slot, ByteBuffer packet) {
    put(slot, store.copyBeyond(packet));
  }

  /// Gives a slot a packet in a buffer of the store.
  void put(Slot slot, ByteBuffer packet) {
    slot.packet = packet;
    slot.isToCome = false;
    usedBytes += packet.capacity();
  }

  /// Whether the window and this flow's share of the store have room again for some packets of this
  /// size, so that it is worth to say so; or for the first, for which all others wait.
  ///
  /// @param sequence the first that was refused
  boolean hasRoomAgain(long sequence, int bytes) {
    if (sequence <= base && store.fitsFirst(bytes)) {
      return true;
    }
    boolean isNear = base == next || sequence - base <= limit / 2;
    return isNear && store.fits(Math.max(bytes, usedBytes / 2), usedBytes);
  }

  /// Whether so many more packets of so many bytes in all have room.
  boolean hasRoomFor(int packets, long bytes) {
    return next + packets - base <= limit && store.fits(bytes, usedBytes);
  }

  /// Marks a sequence as done and frees its packet. The base moves with [#advance].
  void finish(Slot slot) {
    drop(slot);
    slot.done = true;
  }

  /// Frees the packet of a slot that is not done, as if it had never arrived.
  void drop(Slot slot) {
    ByteBuffer packet = slot.packet;
    if (packet != null) {
      usedBytes -= packet.capacity();
      store.release(packet);
    }
    slot.clear();
  }

  /// What was sent so far counts as so many attempts at the most.
  void attemptAfresh(int most) {
    for (long sequence = base; sequence < next; sequence++) {
      Slot slot = at(sequence);
      slot.attempts = Math.min(slot.attempts, most);
    }
  }

  /// Moves the base over what is done.
  void advance() {
    while (base < next && at(base).done) {
      at(base).clear();
      base++;
    }
  }

  /// Finishes everything below `end`, be it missing or kept.
  void skipTo(long end) {
    for (long sequence = base; sequence < Math.min(end, next); sequence++) {
      finish(at(sequence));
    }
    advance();
    if (base == next && base < end) {
      begin(end);
    }
  }

  /// A sequence is missing, perhaps again, and to come, unless it is kept, or the window would
  /// become larger than it may.
  void reopen(long sequence) {
    if (next - sequence > limit || (sequence >= next && reach(sequence) == null)) {
      return;
    }
    while (next - sequence > ring.length) {
      grow();
    }
    while (base > sequence) {
      base--;
      at(base).done = true;
    }
    Slot slot = at(sequence);
    if (!slot.isPending()) {
      slot.clear();
      slot.isToCome = true;
    }
  }

  /// Which of 64 sequences from this one on are kept, or were reopened and have not come yet.
  long undone(long from) {
    long bits = 0;
    long end = Math.min(next, from + Long.SIZE);
    for (long sequence = from; sequence < end; sequence++) {
      if (at(sequence).isPending() || at(sequence).isToCome) {
        bits |= 1L << (sequence - from);
      }
    }
    return bits;
  }

  /// Gives up all missing sequences below `floor`: nobody will send them to this hop.
  void skipMissingBelow(long floor) {
    if (floor > next && base == next) {
      base = floor;
      next = floor;
      return;
    }
    long end = Math.min(floor, next);
    for (long sequence = base; sequence < end; sequence++) {
      Slot slot = at(sequence);
      if (!slot.isPending()) {
        slot.done = true;
        slot.isToCome = false;
      }
    }
    advance();
    if (base == next && floor > next) {
      base = floor;
      next = floor;
    }
  }

  /// Whether a packet is kept.
  boolean hasPending() {
    return pendingCount() > 0;
  }

  int pendingCount() {
    int count = 0;
    for (long sequence = base; sequence < next; sequence++) {
      if (at(sequence).isPending()) {
        count++;
      }
    }
    return count;
  }

  /// Frees everything.
  void clear() {
    for (long sequence = base; sequence < next; sequence++) {
      drop(at(sequence));
    }
    base = next;
  }

  /// Lets go of the slots that a burst needed, if it is empty now.
  void trim() {
    if (base == next && ring.length > INITIAL_SLOTS) {
      ring = slots(INITIAL_SLOTS);
    }
  }

  private void grow() {
    Slot[] larger = slots(ring.length * 2);
    for (long sequence = base; sequence < next; sequence++) {
      int to = (int) sequence & (larger.length - 1);
      int from = (int) sequence & (ring.length - 1);
      Slot spare = larger[to];
      larger[to] = ring[from];
      ring[from] = spare;
    }
    ring = larger;
  }
}
