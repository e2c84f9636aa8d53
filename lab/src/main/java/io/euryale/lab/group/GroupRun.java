package io.euryale.lab.group;

import io.euryale.group.Configuration;
import io.euryale.group.Delivery;
import io.euryale.group.Service;
import io.euryale.group.membership.ClassSeat;
import io.euryale.group.membership.Contact;
import io.euryale.group.membership.MemberCore;
import io.euryale.group.membership.MemberListener;
import io.euryale.group.membership.MemberSettings;
import io.euryale.group.membership.MembershipRules;
import io.euryale.group.order.ClassCore;
import io.euryale.group.order.OrderRules;
import io.euryale.group.primary.Primary;
import io.euryale.group.primary.PrimaryOutput;
import io.euryale.kernel.DatagramHome;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.link.Keyring;
import io.euryale.link.LinkSettings;
import io.euryale.simulation.SimProcess;
import io.euryale.simulation.Simulation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// Runs one schedule of the group scenario: members with all their cores, and applications that
/// send and listen.
final class GroupRun {

  /// The rules that the members follow; tests plant bugs here.
  ///
  /// @param primary makes the primary component's machine, with rules of its own
  record Rules(OrderRules order, MembershipRules membership, PrimaryMaker primary) {
    static final Rules SOUND =
        new Rules(OrderRules.SOUND, MembershipRules.SOUND, MemberCore::recordedPrimary);
  }

  interface PrimaryMaker {
    Function<PrimaryOutput, Primary> make(
        DatagramHome home, PeerName self, MemberSettings settings);
  }

  private static final String OVERLAY = "simulated";

  private final Simulation simulation;
  private final GroupPlan plan;
  private final Rules rules;
  private final Map<PeerName, Keyring> keyrings;
  private final Map<String, Map<TrafficClass, ClassCore>> classes = new TreeMap<>();

  private final NamedApplications applications;

  GroupRun(Simulation simulation, GroupPlan plan, Rules rules) {
    this.simulation = simulation;
    this.plan = plan;
    this.rules = rules;
    applications = new NamedApplications(simulation, plan.named());
    keyrings = plan.keyed() ? Keyrings.all() : Map.of();
  }

  /// Adds the members; they boot within the first 200 ms.
  void addMembers() {
    for (int i = 0; i < plan.peers(); i++) {
      simulation.addAt(
          simulation.stream("boot " + i).nextLong(GroupPlan.SECOND / 5),
          GroupPlan.peer(i),
          Role.PEER,
          (process, _) -> boot(process));
    }
  }

  void run() {
    addMembers();
    plan.sends().forEach(send -> simulation.at(send.atNanos(), () -> send(send)));
    applications.schedule();
    simulation.inject(plan.faults());
    simulation.runUntil(GroupPlan.QUIESCE_NANOS);
    simulation.quiesce(true);
    simulation.inject(plan.lasting());
    simulation.runUntil(GroupPlan.END_NANOS);
    simulation.end();
  }

  private void boot(SimProcess process) {
    Keyring keyring = keyrings.get(new PeerName(process.name()));
    List<Contact> contacts = new ArrayList<>();
    for (int i = 0; i < plan.peers(); i++) {
      SimProcess contact = simulation.process(GroupPlan.peer(i));
      contacts.add(
          new Contact(
              new PeerName(contact.name()),
              Endpoint.contact(contact.name(), contact.endpoint().controlPort())));
    }
    MemberSettings settings =
        new MemberSettings(
            OVERLAY,
            contacts,
            plan.charter(),
            GroupPlan.MEMBERSHIP,
            plan.order(),
            LinkSettings.defaults());
    Map<TrafficClass, ClassCore> cores = new TreeMap<>();
    List<ClassSeat> seats = new ArrayList<>();
    MemberCore[] control = new MemberCore[1];
    for (TrafficClass trafficClass : TrafficClass.values()) {
      if (trafficClass == TrafficClass.CONTROL) {
        continue;
      }
      ClassCore core =
          process.core(
              trafficClass,
              home ->
                  new ClassCore(
                      home,
                      process.ref().id(),
                      trafficClass,
                      settings.link(),
                      keyring != null,
                      _ -> {},
                      settings.order(),
                      submission ->
                          plan.named().isOf(trafficClass)
                              ? applications.boot(process, home, submission)
                              : new Silent(),
                      rules.order));
      cores.put(trafficClass, core);
      seats.add(new ClassSeat(trafficClass, core, task -> process.execute(trafficClass, task)));
    }
    classes.put(process.name(), cores);
    control[0] =
        process.core(
            TrafficClass.CONTROL,
            home ->
                new MemberCore(
                    home,
                    process.ref(),
                    settings,
                    keyring,
                    seats,
                    task -> process.execute(TrafficClass.CONTROL, task),
                    MemberListener.NONE,
                    rules.primary.make(home, process.ref().id().name(), settings),
                    rules.order,
                    rules.membership));
  }

  private void send(GroupPlan.Send send) {
    SimProcess process = simulation.process(GroupPlan.peer(send.peer()));
    Map<TrafficClass, ClassCore> cores = classes.get(process.name());
    ClassCore core = cores == null ? null : cores.get(send.trafficClass());
    if (!process.isAlive() || core == null) {
      return;
    }
    if (plan.named().isOf(send.trafficClass())) {
      return; // Named groups are alone there.
    }
    byte[] payload = new byte[send.bytes()];
    simulation.stream("payload " + send.atNanos() + " " + send.peer()).nextBytes(payload);
    process.execute(
        send.trafficClass(),
        _ -> {
          process.observe(TraceEvent.of("SUBMIT", "class", send.trafficClass().label()));
          if (!core.submit(send.service(), ByteBuffer.wrap(payload))) {
            process.observe(TraceEvent.of("REFUSED", "class", send.trafficClass().label()));
          }
        });
  }

  /// An application that only listens.
  private static final class Silent implements Delivery {
    @Override
    public void regular(long now, Configuration configuration) {}

    @Override
    public void transitional(long now, Configuration configuration) {}

    @Override
    public void sent(long now, long sequence, Service service, ByteBuffer payload) {}

    @Override
    public void message(
        long now, PeerId sender, long sequence, Service service, ByteBuffer payload) {}

    @Override
    public void stable(long now, long sequence) {}

    @Override
    public void writable(long now) {}
  }
}
