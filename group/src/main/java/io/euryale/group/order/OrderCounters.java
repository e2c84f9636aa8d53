package io.euryale.group.order;

/// What ordered delivery of one class has counted in this life. Written by the loop of the class.
public final class OrderCounters {
  /// Packets of others received for the first time.
  public long packets;

  /// Packets received again.
  public long repeated;

  /// Packets received while a configuration ended.
  public long recovered;

  /// Datagrams that only told numbers.
  public long statuses;

  /// Datagrams of another configuration than the present one.
  public long otherConfiguration;

  /// Datagrams of peers that are no members.
  public long stranger;

  /// Bodies that no version would send.
  public long malformed;

  /// Packets too far ahead to be kept; they are asked for later.
  public long tooFar;

  /// Parts of a later version that were skipped, and parts with fields of one.
  public long skippedParts;

  /// Messages put together from pieces that never fit together.
  public long brokenMessages;

  /// Messages that wait to be sent.
  public int queuedMessages;

  public long queuedBytes;

  /// Lamport ticks between the latest packet and what everybody is known to hold.
  public long undelivered;

  OrderCounters() {}
}
