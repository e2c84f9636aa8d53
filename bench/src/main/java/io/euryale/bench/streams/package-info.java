/// `bench streams`: the experiment of [0 §IV] with 14 peers, 8 sensors and a client, each peer in a
/// process of its own, beside the same packets through bare TCP relays in the same tree.
///
/// Sensors and client share one process, and so one clock, as they share a machine in [0 §IV]. A
/// packet's latency counts from the time it was due, not from the time it was sent, so whatever
/// holds up the sender is in the figures and not hidden by it (no coordinated omission).
@NullMarked
package io.euryale.bench.streams;

import org.jspecify.annotations.NullMarked;
