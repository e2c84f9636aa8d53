/// The virtual environment: seeded time, network, processes and faults, on one thread.
///
/// The same cores that run over sockets run here, on homes that draw every delay, loss, crash and
/// service time from one seed. The same seed, plan and code give the same [Simulation#traceHash] in
/// every JVM. Nothing here knows a protocol; checkers read the trace.
///
/// ```java
/// Simulation run = new Simulation(42, SimulationSettings.lan());
/// Endpoint contact = Endpoint.contact("p1", SimProcess.FIRST_PORT);
/// for (String name : List.of("p1", "p2", "p3")) {
///   run.add(name, Role.PEER, (process, incarnation) -> {
///     var alarm = process.core(TrafficClass.ALARM, AlarmCore::new);
///     process.core(
///         TrafficClass.CONTROL,
///         home -> new ControlCore(home, process.ref(), contact,
///             snapshot -> process.execute(TrafficClass.ALARM, now -> alarm.adopt(now,
/// snapshot)))); });
/// }
/// run.addSink(trace -> checker.accept(trace));
/// var menu = FaultMenu.of(List.of("p1", "p2", "p3"), 1_000_000_000L, 8_000_000_000L);
/// run.inject(menu.draw(run.seed()));  // or
/// FaultPlan.parse("crash(p2)@1500ms+2s;isolate(p3)@2s+1s") run.every(0, 100_000_000L,
/// 8_000_000_000L,
///     () -> run.process("p1").execute(TrafficClass.ALARM, now -> { /* publish */ }));
/// run.runUntil(8_000_000_000L);       // safety phase
/// run.quiesce(true);                  // heal, boot what is down
/// run.runFor(5_000_000_000L);         // settle
/// run.end();
/// run.faultEffects().forEach(e -> System.out.println(e.fault() + " " + e.effects()));
/// System.out.println(Long.toHexString(run.traceHash()));
/// ```
@NullMarked
package io.euryale.simulation;

import org.jspecify.annotations.NullMarked;
