package io.euryale.bench.streams;

import com.fasterxml.jackson.databind.JsonNode;

/// What peers say of themselves on the command `status`.
///
/// @param forwarded packets handed on towards the root or the client
/// @param copies packets copied to siblings
/// @param agreedConfigurations that the groups of cells installed, counted by each member
/// @param allocatedBytes of Java heap, by the loop of the traffic class since its start
record PeerCounts(long forwarded, long copies, long agreedConfigurations, long allocatedBytes) {

  static final PeerCounts NONE = new PeerCounts(0, 0, 0, 0);

  static PeerCounts of(JsonNode status) {
    JsonNode relay = status.path("relays").path("normal");
    return new PeerCounts(
        relay.path("forwarded").asLong(),
        relay.path("copies").asLong(),
        relay.path("agreed_configurations").asLong(),
        status.path("allocatedBytes").path("normal").asLong());
  }

  PeerCounts plus(PeerCounts other) {
    return new PeerCounts(
        forwarded + other.forwarded,
        copies + other.copies,
        agreedConfigurations + other.agreedConfigurations,
        allocatedBytes + other.allocatedBytes);
  }

  PeerCounts minus(PeerCounts earlier) {
    return new PeerCounts(
        forwarded - earlier.forwarded,
        copies - earlier.copies,
        agreedConfigurations - earlier.agreedConfigurations,
        allocatedBytes - earlier.allocatedBytes);
  }

  /// Bytes allocated for each packet forwarded.
  double bytesPerPacket() {
    return forwarded == 0 ? 0 : (double) allocatedBytes / forwarded;
  }
}
