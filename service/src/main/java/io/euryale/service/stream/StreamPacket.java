package io.euryale.service.stream;

import java.util.Set;

/// What is known of a packet that a client receives, besides its payload.
///
/// @param stream its name
/// @param epoch the life of the stream, which is the incarnation of its sensor
/// @param sequence from 1 in each life
/// @param type as the sensor named it; may be empty
/// @param ageNanos time since it was published: what it spent in sensor and peers, and half the
///     measured round trip of each link
/// @param kept whether it is the last value from before the subscription
/// @param skipped how many packets before it gave way to it, with conflation
/// @param traced whether the processes on the way tell how long they had it ([StreamHop])
/// @param refusedBy patterns of subscriptions that this stream does not fit
public record StreamPacket(
    String stream,
    long epoch,
    long sequence,
    String type,
    long ageNanos,
    boolean kept,
    long skipped,
    boolean traced,
    Set<String> refusedBy) {}
