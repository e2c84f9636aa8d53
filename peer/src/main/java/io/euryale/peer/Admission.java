package io.euryale.peer;

/// What became of a packet handed to [StreamPublisher#publish]. Nothing is dropped after it was
/// [Accepted] without [PublisherListener#lost] saying so.
public sealed interface Admission {

  /// The sensor keeps the packet until a client has received it.
  ///
  /// @param sequence its position in this life of the stream, from 1; of a payload that travels as
  ///     several packets that of the last
  record Accepted(long sequence) implements Admission {}

  /// The window of the stream or the memory of the class is full: the packet was not taken.
  /// Publish it again after [PublisherListener#writable], or use the form of `publish` that
  /// waits.
  record WouldBlock() implements Admission {
    static final WouldBlock INSTANCE = new WouldBlock();
  }

  /// No client subscribes to the stream, so the packet was not taken and uses up nothing. Alarms
  /// are never refused for this reason; they wait for a client.
  record Unwanted() implements Admission {
    static final Unwanted INSTANCE = new Unwanted();
  }

  /// The packet is larger than a packet can be and never will be taken.
  ///
  /// @param limitBytes the largest payload with the sensor's settings
  record TooLarge(int limitBytes) implements Admission {}

  /// Whether the packet was taken.
  default boolean isAccepted() {
    return this instanceof Accepted;
  }
}
