package io.euryale.lab.streams;

import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.overlay.CellId;
import io.euryale.overlay.Neighbourhood;
import io.euryale.overlay.OverlayKind;
import io.euryale.overlay.OverlaySettings;
import io.euryale.service.cell.ControlCore;
import io.euryale.service.cell.DataCore;
import io.euryale.service.stream.Relay;
import io.euryale.service.stream.Replication;
import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultPlan;
import io.euryale.simulation.SimProcess;
import io.euryale.simulation.Simulation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The peers of one schedule with all their cores, and what their hosts do: they reload, and drain.
final class StreamPeers {

  private static final String OVERLAY = "simulated";

  /// How often a drained peer looks whether it still holds packets.
  private static final long LOOK_NANOS = 50_000_000L;

  private final StreamGround ground;
  private final Simulation simulation;
  private final StreamPlan plan;
  private final StreamCores cores;
  private OverlaySettings overlay;
  private final Map<String, ControlCore> members = new TreeMap<>();
  private final Map<String, List<Relay>> relays = new TreeMap<>();
  private final Map<String, boolean[]> leaving = new TreeMap<>();
  private final Map<String, CellId> firstCells = new TreeMap<>();

  StreamPeers(StreamGround ground) {
    this.ground = ground;
    simulation = ground.simulation;
    plan = ground.plan;
    cores = ground.cores;
    // Who joins late finds room below the leaves.
    int depth = plan.depth() + (ground.upheaval.latePeers() > 0 ? 1 : 0);
    OverlaySettings shaped =
        OverlaySettings.shaped(depth, plan.span(), Collections.nCopies(depth, plan.peersPerCell()));
    overlay = plan.isMesh() ? shaped.withKind(OverlayKind.MESH) : shaped;
  }

  void boot(SimProcess process, boolean founds) {
    Map<TrafficClass, ControlCore.Data> data = new EnumMap<>(TrafficClass.class);
    List<Relay> here = new ArrayList<>();
    relays.put(process.name(), here);
    boolean[] leaves = {false};
    for (TrafficClass trafficClass : StreamGround.DATA) {
      DataCore core =
          process.core(
              trafficClass,
              home ->
                  new DataCore(
                      trafficClass,
                      home,
                      shared -> cores.relay(ground.narrow, trafficClass, process, shared)));
      here.add(core.relay());
      data.put(
          trafficClass, new ControlCore.Data(core, task -> process.execute(trafficClass, task)));
    }
    boolean anew = !plan.drains().isEmpty() || ground.changes();
    boolean again = process.incarnation() > 1 && anew;
    ControlCore control =
        process.core(
            TrafficClass.CONTROL,
            home ->
                new ControlCore(
                    overlay,
                    OVERLAY,
                    process.ref(),
                    founds && !again ? List.of() : ground.contacts(process.name()),
                    home,
                    data,
                    task -> process.execute(TrafficClass.CONTROL, task),
                    place -> {
                      if (!leaves[0] && follows(process, place)) {
                        data.forEach(
                            (trafficClass, each) ->
                                each.loop()
                                    .execute(now -> each.core().relay().neighbourhood(now, place)));
                      }
                    },
                    _ -> {}));
    if (plan.newestOnly() && plan.replication().equals(Replication.ACTIVE_AGREED)) {
      control.sealed(); // Half of the groups of cells have keys.
    }
    members.put(process.name(), control);
    leaving.put(process.name(), leaves);
  }

  private boolean follows(SimProcess process, @Nullable Neighbourhood place) {
    if (place == null) {
      return cores.relaysFollow();
    }
    CellId first = firstCells.computeIfAbsent(process.name(), _ -> place.cell());
    return cores.relaysFollow() || first.equals(place.cell());
  }

  /// All that live take other settings.
  void reload() {
    overlay = Upheaval.reloaded(overlay);
    members.forEach(
        (name, control) -> {
          SimProcess process = simulation.process(name);
          if (process.isAlive()) {
            process.execute(
                TrafficClass.CONTROL,
                now -> control.member().reload(now, overlay, ground.contacts(name)));
          }
        });
  }

  /// What the host of a peer does: sends everybody away, leaves, and ends once nothing is left.
  void drain(StreamPlan.Drain drain) {
    SimProcess process = simulation.process(drain.peer());
    ControlCore control = members.get(drain.peer());
    if (process.isAlive() && control != null) {
      simulation.harness(TraceEvent.of("DRAIN", "peer", drain.peer()));
      if (cores.drainsSensors()) {
        List<Relay> here = relays.getOrDefault(drain.peer(), List.of());
        for (int i = 0; i < here.size(); i++) {
          Relay relay = here.get(i);
          process.execute(StreamGround.DATA.get(i), relay::drain);
        }
      }
      simulation.at(drain.atNanos() + LOOK_NANOS, () -> leave(drain, control));
    }
  }

  private void leave(StreamPlan.Drain drain, ControlCore control) {
    String peer = drain.peer();
    SimProcess process = simulation.process(peer);
    if (!process.isAlive() || members.get(peer) != control) {
      return; // It crashed meanwhile.
    }
    List<Relay> here = relays.getOrDefault(peer, List.of());
    long now = simulation.now();
    boolean waits = cores.drainsSensors() && now < drain.atNanos() + StreamPlan.LEAVING_NANOS;
    if (waits && !here.stream().allMatch(Relay::isLeft)) {
      simulation.at(now + LOOK_NANOS, () -> leave(drain, control));
      return;
    }
    boolean[] leaves = leaving.getOrDefault(peer, new boolean[1]);
    leaves[0] = true; // It still hands on what it holds, to those it knew.
    process.execute(TrafficClass.CONTROL, control::leave);
    simulation.at(
        now + LOOK_NANOS, () -> handOn(peer, drain.atNanos() + StreamPlan.DRAIN_NANOS, 0));
  }

  private void handOn(String peer, long untilNanos, int looks) {
    List<Relay> here = relays.getOrDefault(peer, List.of());
    long now = simulation.now();
    boolean empty = looks > 1 && here.stream().allMatch(Relay::isEmpty);
    if (empty || now >= untilNanos - LOOK_NANOS || !cores.handsOn()) {
      long length = Math.max(LOOK_NANOS, untilNanos - now);
      simulation.inject(new FaultPlan(List.of(new Fault.Crash(peer, now, length))));
    } else {
      simulation.at(now + LOOK_NANOS, () -> handOn(peer, untilNanos, looks + 1));
    }
  }
}
