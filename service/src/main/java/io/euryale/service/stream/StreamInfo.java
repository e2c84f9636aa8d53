package io.euryale.service.stream;

import io.euryale.kernel.PeerName;

/// What a root peer knows of one flow, for listings.
///
/// @param name the stream
/// @param epoch incarnation of its sensor
/// @param sensor who publishes it
/// @param edge the peer that the sensor is attached to
/// @param packets packets that this root peer saw
/// @param pending packets in its custody now
public record StreamInfo(
    String name, long epoch, PeerName sensor, PeerName edge, long packets, long pending) {}
