package io.euryale.lab.streams;

import io.euryale.kernel.Role;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultPlan;
import io.euryale.simulation.Simulation;
import java.util.List;

/// Builds the processes of one schedule, lets it happen, and ends it.
final class StreamRun {

  private static final long BOOT_PERIOD_NANOS = 40_000_000L;
  private static final long PUBLISH_PERIOD_NANOS = 100_000_000L;

  private final Simulation simulation;
  private final StreamPlan plan;
  private final Upheaval upheaval;
  private final StreamGround ground;
  private final StreamPeers peers;
  private final StreamSensors sensors;
  private final StreamClients clients;

  StreamRun(Simulation simulation, StreamPlan plan, Upheaval upheaval, StreamCores cores) {
    this.simulation = simulation;
    this.plan = plan;
    this.upheaval = upheaval;
    ground = new StreamGround(simulation, plan, upheaval, cores);
    peers = new StreamPeers(ground);
    sensors = new StreamSensors(ground);
    clients = new StreamClients(ground);
  }

  /// The whole schedule: processes, faults, healing, the end.
  void run() {
    addProcesses();
    upheave();
    simulation.inject(plan.faults());
    plan.drains().forEach(drain -> simulation.at(drain.atNanos(), () -> peers.drain(drain)));
    simulation.runUntil(ground.later(StreamPlan.QUIESCE_NANOS));
    simulation.quiesce(true);
    if (plan.clientAway()) {
      long at = ground.later(StreamPlan.CLIENT_AWAY_NANOS);
      Fault away = new Fault.Crash("client", at, 3 * StreamPlan.SECOND);
      simulation.inject(new FaultPlan(List.of(away)));
    }
    simulation.runUntil(ground.later(StreamPlan.END_NANOS));
    simulation.end();
  }

  private void addProcesses() {
    for (int i = 0; i < plan.peers(); i++) {
      boolean first = i == 0;
      simulation.addAt(
          i * BOOT_PERIOD_NANOS,
          StreamPlan.peer(i),
          Role.PEER,
          (process, _) -> peers.boot(process, first));
    }
    long edgeBoot = plan.peers() * BOOT_PERIOD_NANOS;
    for (int i = 0; i < StreamPlan.SENSORS; i++) {
      // The last two peers are leaves of the tree: what joins last lies lowest.
      String nearest = StreamPlan.peer(plan.peers() - 1 - i);
      simulation.addAt(
          edgeBoot,
          StreamPlan.sensor(i),
          Role.SENSOR,
          (process, _) -> sensors.boot(process, nearest));
    }
    simulation.addAt(
        edgeBoot,
        "client",
        Role.CLIENT,
        (process, _) -> clients.boot(process, StreamGround.DATA, plan.places().client()));
    if (plan.places().viewer() != StreamPlan.Places.NOBODY) {
      simulation.addAt(
          edgeBoot,
          "viewer",
          Role.CLIENT,
          (process, _) ->
              clients.boot(process, StreamGround.DATA.subList(0, 2), plan.places().viewer()));
    }
    simulation.every(
        StreamPlan.SECOND,
        PUBLISH_PERIOD_NANOS,
        ground.later(StreamPlan.PUBLISH_UNTIL_NANOS),
        sensors::publish);
  }

  // ---- the overlay changes ----

  private void upheave() {
    long edgeBoot = plan.peers() * BOOT_PERIOD_NANOS;
    for (int i = 2; i <= upheaval.clients() + 1; i++) {
      simulation.addAt(
          edgeBoot + i * BOOT_PERIOD_NANOS,
          Upheaval.client(i),
          Role.CLIENT,
          (process, _) ->
              clients.boot(process, StreamGround.DATA.subList(0, 2), StreamPlan.Places.ROOT));
    }
    for (int i = 1; i <= upheaval.latePeers(); i++) {
      simulation.addAt(
          StreamPlan.FAULTS_FROM_NANOS + i * StreamPlan.SECOND,
          Upheaval.latePeer(i),
          Role.PEER,
          (process, _) -> peers.boot(process, false));
    }
    for (long at : upheaval.reloads()) {
      simulation.at(at, peers::reload);
    }
    StreamPlan.Drain drain = upheaval.drain();
    if (drain != null) {
      simulation.at(drain.atNanos(), () -> peers.drain(drain));
    }
    List<String> below = upheaval.below();
    if (!below.isEmpty() && plan.faults().equals(upheaval.faults())) {
      Fault cut = upheaval.faults().faults().getFirst();
      simulation.at(cut.startNanos(), () -> tellPart("begin", below));
      simulation.at(cut.startNanos() + cut.durationNanos(), () -> tellPart("end", below));
    }
    if (ground.changes()) {
      simulation.harness(TraceEvent.of("UPHEAVAL", "kind", upheaval.kind().toString()));
    }
  }

  private void tellPart(String phase, List<String> below) {
    simulation.harness(TraceEvent.of("PART", "phase", phase, "below", String.join(",", below)));
  }
}
