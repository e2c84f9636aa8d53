package io.euryale.service.stream;

/// The decisions that the streaming promises hang on, in one place. Package-private and never
/// chosen by settings or wire: tests break one rule at a time and prove that a checker sees it.
class StreamRules {

  static final StreamRules SOUND = new StreamRules();

  /// Whether the hop below may let go of a packet: two peers hold it, and if the cell agrees on its
  /// order, all peers of the group hold it and everything before it.
  boolean isHeld(Slot slot) {
    return slot.held && !slot.unstable;
  }

  /// Whether a packet waits for its place in the agreed order before it is stored and forwarded.
  boolean waitsForItsPlace() {
    return true;
  }

  /// Whether the cell gets copies of packets protected in this form.
  boolean copies(Replication.Form form) {
    return true;
  }

  /// How many siblings have to confirm a copy, of so many that are asked for or there.
  int confirmations(int wanted) {
    return wanted;
  }

  /// Whether copies of a failed sibling are adopted.
  boolean adoptsOrphans() {
    return true;
  }

  /// How far a client says that its application has a flow.
  long delivered(Window window) {
    return window.base() - 1;
  }

  /// Below this a client gives up missing packets, because the sensor did.
  long giveUpBelow(long originFloor, long sequence) {
    return originFloor;
  }

  /// Whether a client knows a packet that it has delivered before.
  boolean isRepetition(long sequence, Window window) {
    return sequence < window.base();
  }

  /// Whether a sensor sends what stays unconfirmed again.
  boolean repeats() {
    return true;
  }

  /// Whether what waits goes over a new way up at once.
  boolean resendsOverNewPath() {
    return true;
  }
}
