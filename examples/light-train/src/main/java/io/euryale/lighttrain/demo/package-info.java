/// The demo: the experiment of [0 §IV] as a city's light-train information system, with real
/// processes, real sockets and real kills, and a count of what became of every packet.
///
/// ## The parts
///
///   - [DemoSettings] is what the user asked for; [Demo] runs it and answers with a [DemoReport].
///   - `Placement` says which peer has which seat of the tree and which process; `City` starts the
///     child processes, follows what they say and kills and restarts peers; `FaultPlan` says when.
///   - `TrafficSource` publishes on one thread after an absolute schedule; `Schedule` and
///     `StationCalls` are what it publishes. Nothing is skipped when it is late: a packet's latency
///     counts from the time it should have been published.
///   - `Reception` is the client's end: `StreamLedger` finds lost, duplicated and reordered
/// packets, `KindStatistics` their latencies and jitter.
///   - [DemoView] shows it while it runs: redrawn in a terminal, or line by line.
@NullMarked
package io.euryale.lighttrain.demo;

import org.jspecify.annotations.NullMarked;
