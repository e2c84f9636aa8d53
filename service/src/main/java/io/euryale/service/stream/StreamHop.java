package io.euryale.service.stream;

import io.euryale.kernel.PeerName;

/// How long one process on the way had a packet: where the time of a stream goes, hop by hop. Told
/// of some packets of a stream while a subscription asks for it ([StreamQos#withTrace]).
///
/// @param stream its name
/// @param epoch the life of the stream
/// @param sequence of the packet
/// @param who the sensor or peer
/// @param arrivedNanos age of the packet when it arrived there, 0 at the sensor
/// @param leftNanos its age when it left; a packet that is sent again leaves again
/// @param transitNanos half of the measured round trip to the next process
public record StreamHop(
    String stream,
    long epoch,
    long sequence,
    PeerName who,
    long arrivedNanos,
    long leftNanos,
    long transitNanos) {}
