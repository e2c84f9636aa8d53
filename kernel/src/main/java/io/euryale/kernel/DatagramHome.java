package io.euryale.kernel;

import java.nio.ByteBuffer;

/// A [Home] that also carries datagrams, keeps small records on disk and gives out randomness for
/// keys: what links and group communication need.
///
/// Called only from inside a call of the core, by its owner thread. No method throws or blocks.
public interface DatagramHome extends Home {

  /// Prepares sending datagrams to the port of this core's traffic class at `remote`.
  ///
  /// @return a handle for [#sendTo], valid until [#forget]; the same handle for an equal endpoint
  int address(Endpoint remote);

  /// Gives a handle back.
  void forget(int address);

  /// Sends one datagram (position to limit); the bytes are copied or gone before the call returns.
  ///
  /// @return false when the machine refused it (its buffer is full, the address cannot be reached);
  /// true says nothing about its arrival
  boolean sendTo(int address, ByteBuffer datagram);

  /// Largest datagram in bytes that travels to `address` without being cut up on the way. Between
  /// 1,200 and 65,000.
  int datagramBytes(int address);

  /// Bytes of arrived datagrams that the machine holds for this core before it drops more, if each
  /// datagram is reckoned with 640 bytes more than it has.
  int receiveBufferBytes();

  /// Whether the core takes datagrams from now on; it does from the start. While it does not, what
  /// arrives is lost, or comes late, and a flood costs its loop nothing. A home may go on giving
  /// them.
  default void takeDatagrams(boolean taken) {}

  /// Replaces a small record (at most 64 KiB) on disk, atomically; [DatagramCore#persisted] follows
  /// when it is there. After a crash the record has its last persisted value or one given later.
  /// A machine that cannot write stops the process: it must not go on as if it had.
  ///
  /// @param record 0 to 15; records of different traffic classes are different records
  void persist(int record, ByteBuffer value);

  /// The record as it was when this life began; empty when it was never written.
  ByteBuffer recorded(int record);

  /// Fills `target` with randomness fit for keys. Seeded in the simulation. Never for jitter.
  void keyBytes(byte[] target);
}
