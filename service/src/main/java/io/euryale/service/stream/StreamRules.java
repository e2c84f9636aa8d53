package io.euryale.service.stream;

import org.jspecify.annotations.Nullable;

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

  /// Whether a peer that is drained takes what its sensors send until they have gone.
  boolean waitsForSensors() {
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

  /// The age that a packet is sent with.
  long age(long ageNanos) {
    return ageNanos;
  }

  /// Why a stream cannot serve a subscription.
  StreamQos.@Nullable Mismatch mismatch(StreamQos requested, StreamOffer offer, long pathNanos) {
    return requested.mismatch(offer, pathNanos);
  }

  /// Whether nobody who uses a store gets more of it than is left free.
  boolean sharesStore() {
    return true;
  }

  /// Whether a client hands a payload over only when all its packets are there.
  boolean waitsForFragments() {
    return true;
  }

  /// Whether a client tells of a silence that was longer than a deadline.
  boolean tellsSilence() {
    return true;
  }

  /// Whether packets wait for clients that are at other peers.
  boolean waitsForClientsElsewhere() {
    return true;
  }

  /// Whether packets may go before a client has them, since it wants the newest only.
  boolean passesOver(boolean conflated) {
    return conflated;
  }

  /// Whether a packet replaces the last value that is kept of its flow.
  boolean isNewer(long sequence, long kept) {
    return sequence > kept;
  }

  /// Whether a sensor gives a packet up that is older than its lifespan.
  boolean expires(long ageNanos, long lifespanNanos) {
    return lifespanNanos > 0 && ageNanos > lifespanNanos;
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

  /// Whether a peer that is new in the root cell frees nothing before it knows all clients.
  boolean asksForClients() {
    return true;
  }

  /// Whether a peer tells others that come above or beside it which packets it keeps.
  boolean tellsWhatItKeeps() {
    return true;
  }
}
