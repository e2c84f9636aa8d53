/// The virtual environment: seeded time, network, processes and faults, on one thread.
///
/// The same cores that run over sockets run here, on homes that draw every delay, loss, crash and
/// service time from one seed. The same seed, plan and code give the same [Simulation#traceHash] in
/// every JVM. Nothing here knows a protocol; checkers read the trace.
///
/// ```java
/// List<String> peers = List.of("p1", "p2", "p3");
/// Endpoint contact = Endpoint.contact("p1", SimProcess.FIRST_PORT);
/// Simulation run = new Simulation(42, SimulationSettings.lan());
/// run.addSink(checker::accept);
/// for (String name : peers) {
///   run.add(name, Role.PEER, (process, incarnation) -> {
///     var alarm = process.core(ALARM, AlarmCore::new);
///     Consumer<Snapshot> publish =
///         snapshot -> process.execute(ALARM, now -> alarm.adopt(now, snapshot));
///     process.core(CONTROL, home -> new ControlCore(home, process.ref(), contact, publish));
///   });
/// }
/// run.inject(FaultMenu.of(peers, 1_000_000_000L, 8_000_000_000L).draw(run.seed()));
/// run.every(0, 100_000_000L, 8_000_000_000L, () -> publishOnce(run.process("p1")));
/// run.runUntil(8_000_000_000L); // the safety phase
/// run.quiesce(true); // heals, and boots what is down
/// run.runFor(5_000_000_000L); // settles
/// run.end();
/// run.faultEffects().forEach(e -> System.out.println(e.fault() + ": " + e.effects()));
/// System.out.println(Long.toHexString(run.traceHash()));
/// ```
///
/// A plan can also be read from text: `FaultPlan.parse("crash(p2)@1500ms+2s;isolate(p3)@2s+1s")`.
///
/// Datagrams take the same delays and faults as frames, each by itself: they overtake each other
/// without any fault, nothing is sent again, and nobody is told of a loss. What waits for a core
/// beyond `receiveBufferBytes` is dropped. Records on disk take 0.1 to 1 ms to write, one in twenty
/// up to 200 ms, and survive every death; of a write that was not confirmed chance decides. Further
/// kinds of fault for cores of datagrams are drawn when asked for:
/// `menu.withKinds(FaultMenu.DATAGRAM_KINDS).withPatterns(List.of(CrashTogether.usual()))`.
@NullMarked
package io.euryale.simulation;

import org.jspecify.annotations.NullMarked;
