/// Simulation scenarios, the checkers that read their traces, and the campaign runner.
///
/// A [Scenario] turns a [Draw] (seed, attempt, given faults) into an [Outcome], usually through a
/// [Schedule], which attaches [Checker]s to a simulation. A [Campaign] runs a range of seeds on
/// some threads and gives a [CampaignReport]; each failing schedule comes back as a [Finding] with
/// a shrunk fault list and the one command that replays it.
///
/// ```java
/// public Outcome run(Draw draw, TraceSink... sinks) {
///   var simulation = new Simulation(draw.seed(), SimulationSettings.lan());
///   FaultPlan plan =
///       draw.faults() != null ? draw.faults() : menu.draw(draw.seed(), draw.attempt());
///   var schedule = new Schedule(simulation, List.of(new MyChecker()), this::cell, sinks);
///   return schedule.run(plan, () -> {
///     addProcesses(simulation);
///     simulation.inject(plan);
///     simulation.runUntil(QUIESCE_NANOS);
///     simulation.quiesce(true);
///     simulation.runUntil(END_NANOS);
///     simulation.end();
///   });
/// }
/// ```
@NullMarked
package io.euryale.lab;

import org.jspecify.annotations.NullMarked;
