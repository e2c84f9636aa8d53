package io.euryale.group.membership;

import io.euryale.group.Configuration;
import io.euryale.group.Delivery;
import io.euryale.group.Service;
import io.euryale.group.order.ClassCore;
import io.euryale.group.order.OrderRules;
import io.euryale.group.order.OrderSettings;
import io.euryale.group.primary.Charter;
import io.euryale.group.primary.Voter;
import io.euryale.kernel.DatagramHome;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.link.LinkSettings;
import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultPlan;
import io.euryale.simulation.SimProcess;
import io.euryale.simulation.Simulation;
import io.euryale.simulation.SimulationSettings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// Whole group members in a simulated network, some of which may say on the wire what they do not
/// mean.
final class MemberNet {

  static final long SECOND = 1_000_000_000;

  final Simulation simulation;

  /// Of members started from now on.
  LinkSettings link = LinkSettings.defaults();

  private final List<String> names;
  private final Map<String, UnaryOperator<byte[]>> wires = new TreeMap<>();
  private final Map<String, Member> members = new TreeMap<>();

  /// One life of a member.
  static final class Member {
    final Map<TrafficClass, ClassCore> classes = new EnumMap<>(TrafficClass.class);
    final List<String> installed = new ArrayList<>();
    final Map<TrafficClass, List<String>> delivered = new EnumMap<>(TrafficClass.class);
    private final MemberCore[] core = new MemberCore[1];

    MemberCore core() {
      return Objects.requireNonNull(core[0]);
    }

    List<String> delivered(TrafficClass of) {
      return delivered.computeIfAbsent(of, any -> new ArrayList<>());
    }
  }

  MemberNet(long seed, String... names) {
    this(seed, SimulationSettings.lan(), names);
  }

  MemberNet(long seed, SimulationSettings settings, String... names) {
    simulation = new Simulation(seed, settings);
    this.names = List.of(names);
  }

  /// From its next life on, a member says something else than it means.
  void change(String name, UnaryOperator<byte[]> wire) {
    wires.put(name, wire);
  }

  void start() {
    names.forEach(name -> simulation.addAt(1_000, name, Role.PEER, (process, _) -> boot(process)));
  }

  Member member(String name) {
    return Objects.requireNonNull(members.get(name));
  }

  void send(String from, TrafficClass in, Service service, String text) {
    simulation
        .process(from)
        .execute(
            in,
            _ ->
                member(from)
                    .classes
                    .get(in)
                    .submit(service, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
  }

  /// A member leaves in order, and its process ends.
  void leave(String name) {
    simulation
        .process(name)
        .execute(
            TrafficClass.CONTROL, now -> member(name).core().flushAndLeave(now, () -> crash(name)));
  }

  /// A process ends without a word.
  void crash(String name) {
    simulation.at(
        simulation.now() + 1_000,
        () ->
            simulation.inject(
                FaultPlan.of(new Fault.Crash(name, simulation.now(), 1_000 * SECOND))));
  }

  private DatagramHome home(SimProcess process, DatagramHome home) {
    UnaryOperator<byte[]> wire = wires.get(process.name());
    return wire == null ? home : new ChangedWire(home, wire);
  }

  private void boot(SimProcess process) {
    Member member = new Member();
    members.put(process.name(), member);
    List<Contact> contacts = new ArrayList<>();
    List<Voter> voters = new ArrayList<>();
    for (String name : names) {
      int port = simulation.process(name).endpoint().controlPort();
      contacts.add(new Contact(new PeerName(name), Endpoint.contact(name, port)));
      voters.add(new Voter(new PeerName(name), 1));
    }
    MemberSettings settings =
        new MemberSettings(
            "test",
            contacts,
            new Charter(voters, 1),
            MembershipSettings.standard(),
            OrderSettings.standard(),
            link);
    List<ClassSeat> seats = new ArrayList<>();
    for (TrafficClass each : TrafficClass.values()) {
      if (each == TrafficClass.CONTROL) {
        continue;
      }
      ClassCore core =
          process.core(
              each,
              home ->
                  new ClassCore(
                      home(process, home),
                      process.ref().id(),
                      each,
                      settings.link(),
                      false,
                      _ -> {},
                      settings.order(),
                      _ -> new Ear(member.delivered(each)),
                      OrderRules.SOUND));
      member.classes.put(each, core);
      seats.add(new ClassSeat(each, core, task -> process.execute(each, task)));
    }
    member.core[0] =
        process.core(
            TrafficClass.CONTROL,
            home ->
                new MemberCore(
                    home(process, home),
                    process.ref(),
                    settings,
                    null,
                    seats,
                    task -> process.execute(TrafficClass.CONTROL, task),
                    new Watcher(member),
                    MemberCore.recordedPrimary(home, process.ref().id().name(), settings),
                    OrderRules.SOUND,
                    MembershipRules.SOUND));
  }

  private record Ear(List<String> heard) implements Delivery {
    @Override
    public void regular(long now, Configuration configuration) {}

    @Override
    public void transitional(long now, Configuration configuration) {}

    @Override
    public void sent(long now, long sequence, Service service, ByteBuffer payload) {}

    @Override
    public void message(
        long now, PeerId sender, long sequence, Service service, ByteBuffer payload) {
      heard.add(sender.name() + " " + StandardCharsets.UTF_8.decode(payload.duplicate()));
    }

    @Override
    public void stable(long now, long sequence) {}

    @Override
    public void writable(long now) {}
  }

  private record Watcher(Member member) implements MemberListener {
    @Override
    public void installed(long now, Configuration configuration, long tookNanos) {
      member.installed.add(configuration.toString());
    }
  }
}
