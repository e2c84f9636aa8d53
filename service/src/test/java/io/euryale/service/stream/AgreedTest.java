package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.group.Configuration;
import io.euryale.group.ConfigurationId;
import io.euryale.group.Service;
import io.euryale.group.Submission;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.overlay.CellId;
import io.euryale.overlay.Neighbourhood;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A sensor, a cell of two peers, the root cell of one, and a client; the group of the lower cell
/// is played by hand. The root peer's own is a group of one.
class AgreedTest {

  private static final String STREAM = "line-a/events";

  private final TestNet net = new TestNet();
  private final Map<String, Relay> relays = new TreeMap<>();
  private final Map<String, List<Boolean>> asked = new TreeMap<>();
  private final List<Subscriber> subscribers = new ArrayList<>();
  private final List<Long> received = new ArrayList<>();
  private final Group leaves = new Group(1);
  private final Group root = new Group(1);
  private StreamSettings settings = StreamSettings.defaults();
  private long held;

  /// A group whose order and configurations the test decides.
  private final class Group {
    private record Sent(PeerId sender, long sequence, byte[] payload) {}

    private final Map<String, Agreed> members = new TreeMap<>();
    private final Map<String, Long> sent = new TreeMap<>();
    private final List<Sent> order = new ArrayList<>();
    private final int life;
    private boolean full;
    private long number;

    private Group(int life) {
      this.life = life;
    }

    private PeerId id(String name) {
      return GroupLife.of(TestNet.ref(name).id(), life);
    }

    private Submission way(String name) {
      return (service, payload) -> {
        if (full) {
          return false;
        }
        assertThat(service).isEqualTo(Service.AGREED);
        byte[] bytes = new byte[payload.remaining()];
        payload.get(payload.position(), bytes);
        order.add(new Sent(id(name), sent.merge(name, 1L, Long::sum), bytes));
        return true;
      };
    }

    void join(String... names) {
      for (String name : names) {
        Agreed member = relay(name).agreed(id(name), way(name));
        members.put(name, member);
        relay(name).join(net.now, member);
      }
      number += 2;
      install(true, names);
    }

    void install(boolean regular, String... names) {
      List<PeerId> ids = Arrays.stream(names).map(this::id).toList();
      ConfigurationId id = ConfigurationId.regular(number, ids.getFirst());
      Configuration installed =
          regular
              ? new Configuration(id, ids, null)
              : new Configuration(
                  ConfigurationId.regular(number + 2, ids.getFirst()).transitional(ids.getFirst()),
                  ids,
                  id);
      for (String name : names) {
        if (regular) {
          member(name).regular(net.now, installed);
        } else {
          member(name).transitional(net.now, installed);
        }
      }
    }

    Agreed member(String name) {
      return Objects.requireNonNull(members.get(name));
    }

    /// Delivers what was sent to these members.
    void deliver(String... names) {
      for (Sent each : List.copyOf(order)) {
        order.remove(each);
        for (String name : names) {
          member(name)
              .message(
                  net.now,
                  each.sender,
                  each.sequence,
                  Service.AGREED,
                  ByteBuffer.wrap(each.payload).asReadOnlyBuffer());
          idle(name);
        }
      }
    }

    void stable(String name) {
      member(name).stable(net.now, sent.getOrDefault(name, 0L));
      idle(name);
    }
  }

  private void idle(String name) {
    net.node(name).core().idle(net.now);
  }

  private Relay relay(String name) {
    return Objects.requireNonNull(relays.get(name));
  }

  private void tree() {
    for (String name : List.of("root", "leaf-1", "leaf-2")) {
      Relay relay =
          net.add(
              name, Role.PEER, node -> new Relay(settings, TrafficClass.CRITICAL, node.ref, node));
      relays.put(name, relay);
      relay.whenGroupIsWanted(
          wish -> asked.computeIfAbsent(name, _ -> new ArrayList<>()).add(wish));
    }
    place("root", CellId.ROOT, null, List.of());
    place("leaf-1", CellId.ROOT.child(0), "root", List.of("leaf-2"));
    place("leaf-2", CellId.ROOT.child(0), "root", List.of("leaf-1"));
    sensor("sensor-1", "leaf-1");
    sensor("sensor-2", "leaf-2");
    net.pass(10);
  }

  private void place(String name, CellId cell, @Nullable String parent, List<String> siblings) {
    PeerRef above = parent == null ? null : TestNet.ref(parent);
    relay(name)
        .neighbourhood(
            net.now,
            new Neighbourhood(
                net.now,
                cell,
                TestNet.ref(name),
                siblings.stream().map(TestNet::ref).toList(),
                above,
                above == null ? List.of() : List.of(above)));
  }

  private final Map<String, Publisher> sensors = new TreeMap<>();

  private void sensor(String name, String at) {
    Publisher publisher =
        net.add(
            name,
            Role.SENSOR,
            node ->
                new Publisher(
                    StreamSettings.defaults(),
                    TrafficClass.CRITICAL,
                    node.ref,
                    node,
                    new SensorEvents()));
    sensors.put(name, publisher);
    publisher.attachmentPoints(net.now, List.of(TestNet.ref(at)));
    publisher.open(net.now, STREAM + "/" + name);
  }

  private void subscribe(Replication replication) {
    subscribe("client", replication, '*');
  }

  private void subscribe(String client, Replication replication, char pattern) {
    Subscriber subscriber =
        net.add(
            client,
            Role.CLIENT,
            node -> new Subscriber(StreamSettings.defaults(), node, new ClientEvents()));
    subscribers.add(subscriber);
    subscriber.attachmentPoints(net.now, List.of(TestNet.ref("root")));
    subscriber.subscribe(net.now, String.valueOf(pattern), replication);
    net.pass(10);
  }

  private Subscriber subscriber() {
    return subscribers.getLast();
  }

  private void publish(String sensor) {
    long sequence =
        Objects.requireNonNull(sensors.get(sensor))
            .publish(net.now, STREAM + "/" + sensor, ByteBuffer.allocate(100));
    assertThat(sequence).isPositive();
    net.run();
  }

  private void agreedTree() {
    tree();
    subscribe(Replication.ACTIVE_AGREED);
    leaves.join("leaf-1", "leaf-2");
    root.join("root");
  }

  private void cutOffTheRoot() {
    net.lose = (path, frame) -> path.endsWith(">root");
  }

  /// Flow and sequence of what a peer stored, in its order.
  private List<String> stored(String name) {
    List<String> stored = new ArrayList<>();
    for (TraceEvent event : net.node(name).observed) {
      if (event.event().equals("STORE")) {
        stored.add(event.number("flow", 0) + "/" + event.number("seq", 0));
      }
    }
    return stored;
  }

  private final class SensorEvents extends SilentSensor {
    @Override
    public void held(long nowNanos, String stream, long upTo) {
      held = upTo;
    }
  }

  private final class ClientEvents implements Subscriber.Listener {
    @Override
    public void packet(
        long nowNanos, String stream, long epoch, long sequence, ByteBuffer payload) {
      received.add(sequence);
    }

    @Override
    public void gap(long nowNanos, String stream, long epoch, long from, long to) {}
  }

  @Test
  void aGroupIsAskedForWhileAStreamWantsOne() {
    tree();
    subscribe(Replication.ACTIVE_SYNCHRONOUS);
    assertThat(asked).isEmpty();
    subscribe(Replication.ACTIVE_AGREED);
    net.pass(3_000);
    assertThat(asked).containsOnlyKeys("root", "leaf-1", "leaf-2");
    assertThat(asked.values()).allSatisfy(wishes -> assertThat(wishes).containsExactly(true));
    publish("sensor-1"); // There is no group: it waits for one.
    subscriber().subscribe(net.now, "*", Replication.ACTIVE);
    net.pass(3_000);
    assertThat(asked.get("leaf-1")).containsExactly(true);
    assertThat(asked.get("leaf-2")).containsExactly(true, false);
    leaves.join("leaf-1");
    leaves.deliver("leaf-1");
    net.pass(2_000);
    assertThat(asked.get("leaf-1")).containsExactly(true, false);
  }

  @Test
  void aGroupStaysWhileItIsWantedByAnEntryThatThereIsNoRoomFor() {
    tree();
    int clients = StreamFrames.MAX_PATTERNS / StreamFrames.MAX_SUBSCRIPTIONS;
    for (int client = 0; client < clients; client++) {
      Subscriber many =
          net.add(
              "many-" + client,
              Role.CLIENT,
              node -> new Subscriber(StreamSettings.defaults(), node, new ClientEvents()));
      for (int i = 0; i < StreamFrames.MAX_SUBSCRIPTIONS; i++) {
        many.subscribe(net.now, "a-" + client + "-" + i, Replication.ACTIVE);
      }
      many.attachmentPoints(net.now, List.of(TestNet.ref("root")));
    }
    net.pass(10);
    subscribe("last", Replication.ACTIVE_AGREED, 'z');
    net.pass(3_000);
    assertThat(asked.get("root")).containsExactly(true);
  }

  @Test
  void aPacketIsStoredAndForwardedWhenItHasItsPlace() {
    agreedTree();
    publish("sensor-1");
    net.pass(5);
    assertThat(leaves.order).hasSize(1);
    assertThat(stored("leaf-1")).isEmpty();
    assertThat(root.order).isEmpty();
    leaves.deliver("leaf-1", "leaf-2");
    net.run();
    assertThat(stored("leaf-1")).hasSize(1).isEqualTo(stored("leaf-2"));
    assertThat(received).isEmpty();
    root.deliver("root");
    net.run();
    assertThat(received).containsExactly(1L);
    assertThat(relay("leaf-1").counters().copies).as("no copies besides").isZero();
  }

  @Test
  void bothPeersStoreInTheOrderOfTheGroupAndNotOfArrival() {
    agreedTree();
    cutOffTheRoot();
    publish("sensor-1");
    publish("sensor-2");
    leaves.order.sort((a, b) -> b.sender.compareTo(a.sender)); // leaf-2's first.
    leaves.deliver("leaf-1", "leaf-2");
    assertThat(stored("leaf-1")).hasSize(2).isEqualTo(stored("leaf-2"));
    assertThat(stored("leaf-1").getFirst())
        .startsWith(TestNet.flow(STREAM + "/sensor-2", "sensor-2") + "/");
  }

  @Test
  void aPacketIsHeldWhenItIsStableAndAnotherPeerKeepsIt() {
    agreedTree();
    cutOffTheRoot();
    publish("sensor-1");
    leaves.deliver("leaf-1", "leaf-2");
    net.pass(20);
    assertThat(held).as("not all may hold it").isZero();
    leaves.stable("leaf-1");
    net.pass(20);
    assertThat(held).isEqualTo(1);
  }

  @Test
  void stableAloneIsNotHeld() {
    agreedTree();
    net.lose = (path, frame) -> path.endsWith(">root") || frame.get(0) == StreamFrames.COPY_ACK;
    publish("sensor-1");
    leaves.deliver("leaf-1", "leaf-2");
    leaves.stable("leaf-1");
    net.pass(20);
    assertThat(held).isZero();
    cutOffTheRoot();
    net.pass(300);
    assertThat(leaves.order).as("given to the group again").hasSize(1);
    leaves.deliver("leaf-1", "leaf-2");
    leaves.stable("leaf-1");
    net.pass(20);
    assertThat(held).isEqualTo(1);
    assertThat(stored("leaf-2")).as("stored once").hasSize(1);
  }

  @Test
  void whatTwoDeliverTogetherAtTheEndOfAConfigurationIsStable() {
    agreedTree();
    cutOffTheRoot();
    publish("sensor-1");
    leaves.install(false, "leaf-1", "leaf-2");
    leaves.deliver("leaf-1", "leaf-2");
    net.pass(20);
    assertThat(held).isZero();
    leaves.number += 2;
    leaves.install(true, "leaf-1", "leaf-2");
    net.pass(20);
    assertThat(held).isEqualTo(1);
    assertThat(relay("leaf-1").counters().agreedConfigurations)
        .as("a transitional one is not counted")
        .isEqualTo(2);
  }

  @Test
  void whatOnlyOneDeliversGoesThroughTheNextConfigurationAgain() {
    agreedTree();
    cutOffTheRoot();
    publish("sensor-1");
    leaves.install(false, "leaf-1");
    leaves.deliver("leaf-1");
    leaves.number += 2;
    leaves.install(true, "leaf-1");
    leaves.number += 2;
    leaves.deliver("leaf-1");
    leaves.install(true, "leaf-1", "leaf-2");
    net.pass(20);
    assertThat(held).isZero();
    leaves.deliver("leaf-1", "leaf-2");
    leaves.stable("leaf-1");
    net.pass(20);
    assertThat(held).isEqualTo(1);
    assertThat(stored("leaf-1")).hasSize(1).isEqualTo(stored("leaf-2"));
  }

  @Test
  void whatWaitsForAGroupGoesToTheFirstAndToTheNextWhenThatEnds() {
    tree();
    subscribe(Replication.ACTIVE_AGREED);
    cutOffTheRoot();
    publish("sensor-1");
    assertThat(leaves.order).isEmpty();
    leaves.join("leaf-1", "leaf-2");
    assertThat(leaves.order).hasSize(1);
    relay("leaf-1").leaveGroup();
    relay("leaf-2").leaveGroup();
    Group next = new Group(2);
    next.join("leaf-1", "leaf-2");
    assertThat(next.order).hasSize(1);
    next.deliver("leaf-1", "leaf-2");
    next.stable("leaf-1");
    net.pass(20);
    assertThat(held).isEqualTo(1);
  }

  @Test
  void whatTheGroupRefusesGoesWhenItHasRoom() {
    agreedTree();
    leaves.full = true;
    publish("sensor-1");
    publish("sensor-1");
    assertThat(leaves.order).isEmpty();
    leaves.full = false;
    leaves.member("leaf-1").writable(net.now);
    assertThat(leaves.order).hasSize(2);
    leaves.member("leaf-1").writable(net.now);
    assertThat(leaves.order).as("not again while they are under way").hasSize(2);
  }

  @Test
  void thePeerThatReplacesADeadOneForwardsItsPackets() {
    agreedTree();
    net.lose = (path, frame) -> path.equals("leaf-1>root");
    publish("sensor-1");
    leaves.deliver("leaf-1", "leaf-2");
    leaves.stable("leaf-1");
    net.pass(20);
    assertThat(held).isEqualTo(1);
    assertThat(root.order).isEmpty();
    net.kill("leaf-1");
    net.run();
    assertThat(relay("leaf-2").counters().adopted).isEqualTo(1);
    root.deliver("root");
    net.run();
    assertThat(received).containsExactly(1L);
  }

  @Test
  void aPacketDeliveredAfterItsOwnerDiedIsAdoptedByThePeerThatReplacesIt() {
    agreedTree();
    publish("sensor-1");
    net.pass(5);
    assertThat(leaves.order).hasSize(1);
    net.kill("leaf-1");
    net.run();
    leaves.install(false, "leaf-2");
    leaves.deliver("leaf-2");
    assertThat(stored("leaf-2")).hasSize(1);
    assertThat(relay("leaf-2").counters().adopted).as("its time is not over").isZero();
    leaves.number += 2;
    leaves.install(true, "leaf-2");
    net.pass(FailOver.ADOPTION_GRACE_NANOS / 1_000_000 + 20);
    assertThat(relay("leaf-2").counters().adopted).isEqualTo(1);
    root.deliver("root");
    net.run();
    assertThat(received).containsExactly(1L);
  }

  @Test
  void aReplicaStoresWhatTheOrderSaysHoweverFullItIs() {
    settings =
        settings.withFlowIdle(Duration.ofSeconds(60)).withWindowPackets(16).withStoreBytes(7 * 512);
    agreedTree();
    cutOffTheRoot();
    for (int i = 0; i < 4; i++) {
      publish("sensor-1");
      publish("sensor-2");
    }
    leaves.deliver("leaf-1", "leaf-2");
    assertThat(stored("leaf-1")).hasSize(8).isEqualTo(stored("leaf-2"));
    publish("sensor-1");
    assertThat(leaves.order).as("no room for new packets").isEmpty();
    assertThat(relay("leaf-1").counters().refused).isEqualTo(1);
  }

  @Test
  void livesInGroupsAreToldApartAndNameTheirPeer() {
    PeerId peer = PeerId.of("a", 1_790_000_000_000L);
    PeerId first = GroupLife.of(peer, 0);
    PeerId later = GroupLife.of(peer, 1);
    assertThat(later.supersedes(first)).isTrue();
    assertThat(GroupLife.of(PeerId.of("a", peer.incarnation() + 1), 0).supersedes(later)).isTrue();
    assertThat(GroupLife.peer(first)).isEqualTo(peer).isEqualTo(GroupLife.peer(later));
  }
}
