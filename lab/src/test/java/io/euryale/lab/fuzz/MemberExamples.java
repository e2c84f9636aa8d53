package io.euryale.lab.fuzz;

import io.euryale.group.membership.ClassSeat;
import io.euryale.group.membership.Contact;
import io.euryale.group.membership.MemberCore;
import io.euryale.group.membership.MemberListener;
import io.euryale.group.order.ClassCore;
import io.euryale.kernel.DatagramHome;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.link.Envelope;
import io.euryale.simulation.SimProcess;
import io.euryale.simulation.Simulation;
import io.euryale.simulation.SimulationSettings;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// What a member really says to another one while the two form a configuration, as scripts for
/// [MemberTalk].
final class MemberExamples {

  private static final long MILLISECOND = 1_000_000L;
  private static final long WHOLE_NANOS = 1_500 * MILLISECOND;

  private record Said(long atNanos, byte[] body) {}

  private final Simulation simulation = new Simulation(1, SimulationSettings.lan());
  private final List<Said> said = new ArrayList<>();
  private final String friend;

  private MemberExamples(String friend) {
    this.friend = friend;
  }

  /// One script for each friend.
  static List<byte[]> scripts() {
    List<byte[]> scripts = new ArrayList<>();
    for (int i = 0; i < MemberTalk.FRIENDS.size(); i++) {
      scripts.add(new MemberExamples(MemberTalk.FRIENDS.get(i).name().value()).script(i));
    }
    return scripts;
  }

  /// What is said, each by itself.
  static List<byte[]> bodies() {
    List<byte[]> bodies = new ArrayList<>();
    for (PeerRef friend : MemberTalk.FRIENDS) {
      MemberExamples examples = new MemberExamples(friend.name().value());
      examples.run();
      examples.said.forEach(each -> bodies.add(each.body()));
    }
    return bodies;
  }

  private byte[] script(int number) {
    run();
    ByteArrayOutputStream script = new ByteArrayOutputStream();
    script.write(number);
    long atMillis = 0;
    for (Said each : said) {
      long millis = each.atNanos() / MILLISECOND;
      script.writeBytes(new byte[] {0, (byte) Math.min(255, millis - atMillis)});
      script.writeBytes(
          new byte[] {3, (byte) each.body().length, (byte) (each.body().length >> 8)});
      script.writeBytes(each.body());
      atMillis = millis;
    }
    return script.toByteArray();
  }

  private void run() {
    for (String name : List.of(MemberTalk.SELF.name().value(), friend)) {
      simulation.addAt(1_000, name, Role.PEER, (process, _) -> boot(process));
    }
    simulation.runUntil(WHOLE_NANOS);
  }

  private void boot(SimProcess process) {
    List<ClassSeat> seats = new ArrayList<>();
    for (TrafficClass each : TrafficClass.values()) {
      if (each != TrafficClass.CONTROL) {
        ClassCore core =
            process.core(each, home -> MemberTalk.dataClass(home, process.ref(), each));
        seats.add(new ClassSeat(each, core, task -> process.execute(each, task)));
      }
    }
    List<Contact> contacts =
        List.of(MemberTalk.SELF.name(), new PeerName(friend)).stream()
            .map(name -> new Contact(name, contact(name)))
            .toList();
    MemberCore _ =
        process.core(
            TrafficClass.CONTROL,
            home ->
                MemberTalk.member(
                    process.name().equals(friend) ? heard(home) : home,
                    process.ref(),
                    contacts,
                    seats,
                    task -> process.execute(TrafficClass.CONTROL, task),
                    MemberListener.NONE));
  }

  private Endpoint contact(PeerName name) {
    int port = simulation.process(name.value()).endpoint().controlPort();
    return Endpoint.contact(name.value(), port);
  }

  /// A home that notes the bodies that leave it.
  private DatagramHome heard(DatagramHome home) {
    return (DatagramHome)
        Proxy.newProxyInstance(
            MemberExamples.class.getClassLoader(),
            new Class<?>[] {DatagramHome.class},
            (_, method, arguments) -> {
              if (method.getName().equals("sendTo")
                  && arguments[1] instanceof ByteBuffer datagram
                  && !Envelope.isHandshake(datagram)) {
                byte[] body = new byte[datagram.remaining() - Envelope.PLAIN_OVERHEAD];
                datagram.get(datagram.position() + Envelope.HEADER_BYTES, body);
                said.add(new Said(simulation.now(), body));
              }
              return method.invoke(home, arguments);
            });
  }
}
