package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.overlay.CellId;
import io.euryale.overlay.Neighbourhood;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Frames of a stream that runs, said by somebody else, again, or with numbers at the edges, to a
/// peer of each level: each is accepted, counted or ends its link, and the stream goes on without a
/// gap. Peers of the cells above and beside are trusted with the packets they carry; nobody else
/// is.
class HostileStreamsTest {

  private static final String STREAM = "line-a/events";
  private static final CellId MIDDLE = CellId.ROOT.child(0);
  private static final CellId LEAF = MIDDLE.child(0);
  private static final List<String> PEERS =
      List.of("root-1", "root-2", "mid-1", "mid-2", "leaf-1", "leaf-2");

  private static final long[] EDGES = {
    0,
    -1,
    Integer.MAX_VALUE,
    1L << 31,
    1L << 32,
    (1L << 62) - 1,
    1L << 62,
    (1L << 62) + 1,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private final TestNet net = new TestNet();
  private final Map<String, Relay> relays = new TreeMap<>();
  private final Map<Integer, byte[]> recorded = new TreeMap<>();
  private final List<byte[]> session = new ArrayList<>();
  private final List<Long> received = new ArrayList<>();
  private final List<String> gaps = new ArrayList<>();
  private Publisher publisher;
  private long published;

  private final class Client implements Subscriber.Listener {
    private final List<Long> to;

    Client(List<Long> to) {
      this.to = to;
    }

    @Override
    public void packet(long n, String s, long e, long sequence, ByteBuffer p) {
      to.add(sequence);
    }

    @Override
    public void gap(long n, String s, long e, long from, long until) {
      gaps.add(from + "-" + until);
    }
  }

  @BeforeEach
  void aStreamRunsAndIsRecorded() {
    StreamSettings settings = StreamSettings.defaults();
    for (String name : PEERS) {
      relays.put(
          name,
          net.add(
              name, Role.PEER, node -> new Relay(settings, TrafficClass.CRITICAL, node.ref, node)));
    }
    place("root-1", CellId.ROOT, null, "root-2");
    place("root-2", CellId.ROOT, null, "root-1");
    place("mid-1", MIDDLE, "root-1", "mid-2", "root-1", "root-2");
    place("mid-2", MIDDLE, "root-2", "mid-1", "root-1", "root-2");
    place("leaf-1", LEAF, "mid-1", "leaf-2", "mid-1", "mid-2");
    place("leaf-2", LEAF, "mid-2", "leaf-1", "mid-1", "mid-2");
    net.lose =
        (path, frame) -> {
          recorded.put((int) frame.get(0), frame.array().clone());
          if (path.startsWith("sensor>")) {
            session.add(frame.array().clone());
          }
          return false;
        };
    publisher =
        net.add(
            "sensor",
            Role.SENSOR,
            node ->
                new Publisher(settings, TrafficClass.CRITICAL, node.ref, node, new SilentSensor()));
    publisher.attachmentPoints(net.now, List.of(TestNet.ref("leaf-1")));
    publisher.open(net.now, STREAM);
    subscribe("client", received);
    net.pass(50);
    publish(20);
    assertThat(received).hasSize(20);
    assertThat(recorded.keySet())
        .contains(
            StreamFrames.DATA,
            StreamFrames.COPY,
            StreamFrames.COPY_ACK,
            StreamFrames.ACK,
            StreamFrames.RELEASE,
            StreamFrames.ADVERTISE,
            StreamFrames.SUBSCRIPTIONS,
            StreamFrames.INTEREST);
    recorded.put(StreamFrames.LIST, new byte[] {StreamFrames.LIST});
    recorded.put(StreamFrames.STREAMS, new byte[] {StreamFrames.STREAMS, 1, 0, 0});
    recorded.put(
        StreamFrames.UNKNOWN_FLOW,
        ByteBuffer.allocate(9).put((byte) StreamFrames.UNKNOWN_FLOW).putLong(flow()).array());
    record(new StreamFrames.Message.Ping(1));
    record(new StreamFrames.Message.Pong(1));
    record(new StreamFrames.Message.Forbidden(STREAM, "no"));
    record(new StreamFrames.Message.GoElsewhere());
    record(new StreamFrames.Message.Gone());
    record(new StreamFrames.Message.HasWayUp(false));
    record(new StreamFrames.Message.AskClients());
    record(
        new StreamFrames.Message.Resync(
            new StreamFrames.ResyncId(PeerId.of("leaf-2", 1), 1), 0, List.of()));
  }

  private void record(StreamFrames.Message message) {
    ByteBuffer frame = StreamFrames.encode(new WireWriter(), message);
    byte[] bytes = new byte[frame.remaining()];
    frame.get(bytes);
    recorded.put((int) bytes[0], bytes);
  }

  private void subscribe(String name, List<Long> to) {
    Subscriber client =
        net.add(
            name,
            Role.CLIENT,
            node -> new Subscriber(StreamSettings.defaults(), node, new Client(to)));
    client.attachmentPoints(net.now, List.of(TestNet.ref("root-1"), TestNet.ref("root-2")));
    client.subscribe(net.now, "line-a/*", Replication.ACTIVE);
  }

  private void place(
      String name, CellId cell, @Nullable String parent, String sibling, String... above) {
    relay(name)
        .neighbourhood(
            net.now,
            new Neighbourhood(
                net.now,
                cell,
                net.node(name).ref,
                List.of(TestNet.ref(sibling)),
                parent == null ? null : TestNet.ref(parent),
                Arrays.stream(above).map(TestNet::ref).toList()));
  }

  private Relay relay(String name) {
    return Objects.requireNonNull(relays.get(name));
  }

  private static long flow() {
    return TestNet.flow(STREAM, "sensor");
  }

  private void publish(int count) {
    for (int i = 0; i < count; i++) {
      long sequence = publisher.publish(net.now, STREAM, ByteBuffer.allocate(100));
      assertThat(sequence).isEqualTo(++published);
      net.pass(2);
    }
    net.pass(50);
  }

  /// A link of somebody that the overlay knows nothing of.
  private int connect(Role role, String to) {
    String name = "stranger-" + role;
    if (!net.nodes.containsKey(name)) {
      SilentCore _ = net.add(name, role, _ -> new SilentCore());
    }
    int link = net.node(name).connect(TestNet.ref(to).endpoint());
    net.run();
    return link;
  }

  private boolean isOpen(Role role, int link) {
    return net.node("stranger-" + role).ends.containsKey(link);
  }

  private void say(Role role, int link, byte[] frame) {
    assertThat(net.node("stranger-" + role).send(link, ByteBuffer.wrap(frame))).isTrue();
    net.run();
  }

  private void theStreamGoesOn() {
    publish(20);
    net.pass(500);
    assertThat(gaps).isEmpty();
    assertThat(received).isEqualTo(LongStream.rangeClosed(1, published).boxed().toList());
  }

  private static byte[] with(byte[] frame, int at, long number) {
    byte[] changed = frame.clone();
    ByteBuffer.wrap(changed).putLong(at, number);
    return changed;
  }

  // ---- every message, from every role, to every level

  enum Effect {
    ACCEPTED,
    COUNTED,
    CLOSED
  }

  private Effect effect(Role role, String to, byte[] frame) {
    int link = connect(role, to);
    RelayCounters counters = relay(to).counters();
    long before = counted(counters);
    say(role, link, frame);
    if (!isOpen(role, link)) {
      return Effect.CLOSED;
    }
    net.node("stranger-" + role).disconnect(link);
    net.run();
    return counted(counters) > before ? Effect.COUNTED : Effect.ACCEPTED;
  }

  private static long counted(RelayCounters counters) {
    return counters.misplaced + counters.refused + counters.duplicates + counters.forbidden;
  }

  static Stream<Arguments> expected() {
    return Stream.of(
        Arguments.of(StreamFrames.DATA, "counted counted closed closed"),
        Arguments.of(StreamFrames.COPY, "counted counted closed closed"),
        Arguments.of(StreamFrames.COPY_ACK, "counted counted counted counted"),
        Arguments.of(StreamFrames.RELEASE, "counted counted counted counted"),
        Arguments.of(StreamFrames.ACK, "counted counted accepted counted"),
        Arguments.of(StreamFrames.ADVERTISE, "accepted counted counted counted"),
        Arguments.of(StreamFrames.UNKNOWN_FLOW, "accepted accepted accepted accepted"),
        Arguments.of(StreamFrames.SUBSCRIPTIONS, "counted counted accepted counted"),
        Arguments.of(StreamFrames.INTEREST, "counted counted counted counted"),
        Arguments.of(StreamFrames.LIST, "accepted accepted accepted accepted"),
        Arguments.of(StreamFrames.STREAMS, "counted counted counted counted"),
        Arguments.of(StreamFrames.PING, "accepted accepted accepted accepted"),
        Arguments.of(StreamFrames.PONG, "accepted accepted accepted accepted"),
        Arguments.of(StreamFrames.FORBIDDEN, "counted counted counted counted"),
        Arguments.of(StreamFrames.GO_ELSEWHERE, "counted counted counted counted"),
        Arguments.of(StreamFrames.WAY_UP, "counted counted counted counted"),
        Arguments.of(StreamFrames.RESYNC, "accepted counted counted counted"),
        Arguments.of(StreamFrames.ASK_CLIENTS, "counted counted counted counted"),
        Arguments.of(StreamFrames.GONE, "accepted closed accepted counted"));
  }

  @ParameterizedTest(name = "type {0}: {1}")
  @MethodSource("expected")
  void whatSomebodyElseSaysHasTheEffectItMayHave(int type, String effects) {
    String[] expected = effects.split(" ", -1);
    byte[] frame = recorded.get(type);
    Role[] roles = {Role.PEER, Role.SENSOR, Role.CLIENT, Role.OBSERVER};
    for (String to : List.of("root-1", "mid-1", "leaf-2")) {
      for (int i = 0; i < roles.length; i++) {
        assertThat(effect(roles[i], to, frame).name())
            .as("%s to %s", roles[i], to)
            .isEqualToIgnoringCase(expected[i]);
      }
    }
    theStreamGoesOn();
  }

  @Test
  void typesOfOtherProtocolsAndNoneAreCountedOrEndTheLink() {
    for (int type : new int[] {0, 1, 16, 63, 81, 127, 128, 255}) {
      for (Role role : Role.values()) {
        int link = connect(role, "mid-1");
        long before = relay("mid-1").counters().malformed;
        say(role, link, new byte[] {(byte) type, 1, 2, 3});
        assertThat(relay("mid-1").counters().malformed).as("%d", type).isEqualTo(before + 1);
      }
    }
    theStreamGoesOn();
  }

  // ---- bytes

  @Test
  void everyBeginningOfEveryMessageIsReadOrEndsItsLink() {
    recorded.forEach(
        (type, frame) -> {
          for (int length = 1; length < frame.length; length++) {
            int link = connect(Role.OBSERVER, "mid-1");
            say(Role.OBSERVER, link, Arrays.copyOf(frame, length));
          }
        });
    theStreamGoesOn();
  }

  @Test
  void anyNumberInAnyPlaceOfAnyMessageIsReadOrEndsItsLink() {
    recorded.forEach(
        (type, frame) -> {
          for (int at = 1; at < frame.length && at < 60; at++) {
            for (int number : new int[] {0, 1, 127, 128, 255}) {
              byte[] changed = frame.clone();
              Arrays.fill(changed, at, Math.min(frame.length, at + 2), (byte) number);
              int link = connect(Role.OBSERVER, "mid-1");
              say(Role.OBSERVER, link, changed);
              net.node("stranger-OBSERVER").disconnect(link);
            }
          }
        });
    net.run();
    theStreamGoesOn();
  }

  // ---- numbers

  static Stream<Arguments> numbers() {
    return Stream.of(
        Arguments.of(StreamFrames.COPY, Role.PEER),
        Arguments.of(StreamFrames.COPY_ACK, Role.PEER),
        Arguments.of(StreamFrames.RELEASE, Role.PEER),
        Arguments.of(StreamFrames.ACK, Role.PEER),
        Arguments.of(StreamFrames.ACK, Role.CLIENT),
        Arguments.of(StreamFrames.ACK, Role.SENSOR),
        Arguments.of(StreamFrames.ACK, Role.OBSERVER),
        Arguments.of(StreamFrames.COPY_ACK, Role.CLIENT),
        Arguments.of(StreamFrames.RELEASE, Role.CLIENT));
  }

  /// Sequences, floors and confirmations, each alone and all at once.
  @ParameterizedTest
  @MethodSource("numbers")
  void numbersAtTheEdgesOfAFlowThatRunsTakeNothingFromIt(int type, Role role) {
    byte[] frame = recorded.get(type);
    int first = type == StreamFrames.COPY ? 10 : 9;
    for (String to : List.of("root-1", "mid-1", "leaf-1")) {
      for (long edge : EDGES) {
        byte[] all = frame;
        for (int at = first; at <= first + 16; at += 8) {
          say(role, connect(role, to), with(frame, at, edge));
          all = with(all, at, edge);
        }
        say(role, connect(role, to), all);
      }
    }
    theStreamGoesOn();
  }

  @Test
  void packetsAtTheEdgesInAFlowOfTheirOwnTakeNothingFromOthers() {
    byte[] packet = with(recorded.get(StreamFrames.DATA), 2, 777);
    for (String to : List.of("root-1", "mid-1", "leaf-1")) {
      for (long sequence : EDGES) {
        for (long floor : EDGES) {
          byte[] frame = with(with(with(packet, 10, sequence), 18, floor), 26, floor);
          say(Role.SENSOR, connect(Role.SENSOR, to), frame);
        }
      }
    }
    theStreamGoesOn();
  }

  /// What a client says it has, beyond all that was ever sent, it must not take from another.
  @Test
  void aClientThatClaimsToHaveEverythingTakesNothingFromOthers() {
    int link = connect(Role.CLIENT, "root-1");
    say(Role.CLIENT, link, recorded.get(StreamFrames.SUBSCRIPTIONS));
    net.kill("client");
    net.pass(30_000);
    byte[] everything = recorded.get(StreamFrames.ACK);
    for (int at : new int[] {9, 25}) {
      everything = with(everything, at, 1L << 62);
    }
    say(Role.CLIENT, link, everything);
    publish(5);
    List<Long> late = new ArrayList<>();
    subscribe("late", late);
    net.pass(3_000);
    for (int i = 0; i < 5_000; i++) {
      publisher.publish(net.now, STREAM, ByteBuffer.allocate(10));
      net.pass(1);
    }
    net.pass(3_000);
    assertThat(late).isNotEmpty();
    assertThat(late.getLast()).isGreaterThan(5_000);
  }

  /// It says so itself, or by way of a peer.
  @Test
  void whoAsksForMorePatternsThanAClientMayIsLeft() {
    List<StreamFrames.Subscription> many = new ArrayList<>();
    for (int i = 0; i <= StreamFrames.MAX_SUBSCRIPTIONS; i++) {
      many.add(new StreamFrames.Subscription(StreamQos.of(Replication.ACTIVE), "x/" + i));
    }
    record(new StreamFrames.Message.Subscriptions(1, List.of(), many));
    byte[] wishes = recorded.get(StreamFrames.SUBSCRIPTIONS);
    byte[] enveloped = fromClient(PeerId.of("elsewhere", 1), wishes);
    for (String to : List.of("root-1", "mid-1")) {
      assertThat(effect(Role.CLIENT, to, wishes)).isEqualTo(Effect.CLOSED);
      assertThat(effect(Role.PEER, to, enveloped)).isEqualTo(Effect.CLOSED);
    }
    theStreamGoesOn();
  }

  /// Each life of a name may be a client, but what all of them want is bounded; others have room.
  @Test
  void whoComesInManyLivesOfOneNameFindsNoRoom() {
    List<StreamFrames.Subscription> many = new ArrayList<>();
    for (int i = 0; i < StreamFrames.MAX_SUBSCRIPTIONS; i++) {
      many.add(
          new StreamFrames.Subscription(StreamQos.of(Replication.ACTIVE), "%0200d".formatted(i)));
    }
    record(new StreamFrames.Message.Subscriptions(1, List.of(), many));
    byte[] wishes = recorded.get(StreamFrames.SUBSCRIPTIONS);
    int link = connect(Role.PEER, "mid-1");
    RelayCounters counters = relay("mid-1").counters();
    for (int life = 1; life <= 10; life++) {
      assertThat(counters.crowded).isEqualTo(life < 9 ? 0 : (life - 8L) * many.size());
      say(Role.PEER, link, fromClient(PeerId.of("greedy", life), wishes));
    }
    assertThat(isOpen(Role.PEER, link)).isTrue();
    say(Role.PEER, link, fromClient(PeerId.of("greedy", 10), wishes));
    assertThat(counters.crowded).as("once for each client").isEqualTo(3L * many.size());
    say(Role.PEER, link, fromClient(PeerId.of("other", 1), wishes));
    assertThat(counters.crowded).isEqualTo(3L * many.size());
    // Those that have gone for good leave their room to the next life.
    net.node("stranger-" + Role.PEER).disconnect(link);
    net.pass(StreamSettings.defaults().clientGrace().toMillis() + 10_000);
    say(Role.PEER, connect(Role.PEER, "mid-1"), fromClient(PeerId.of("greedy", 11), wishes));
    assertThat(counters.crowded).isEqualTo(3L * many.size());
    theStreamGoesOn();
  }

  private static byte[] fromClient(PeerId client, byte[] frame) {
    ByteBuffer envelope =
        StreamFrames.envelop(
            new WireWriter(), StreamFrames.FROM_CLIENT, client, ByteBuffer.wrap(frame));
    byte[] bytes = new byte[envelope.remaining()];
    envelope.get(bytes);
    return bytes;
  }

  // ---- again

  /// The frames of a sensor's session, from another link, after the packets were delivered, and to
  /// other peers than they were sent to.
  @Test
  void aRecordedSessionSaidAgainDeliversNothingTwiceAndTakesNothing() {
    List<byte[]> before = List.copyOf(session);
    net.pass(1_000);
    for (String to : List.of("leaf-1", "leaf-2", "mid-1", "root-2")) {
      int link = connect(Role.SENSOR, to);
      before.forEach(frame -> say(Role.SENSOR, link, frame));
      net.node("stranger-SENSOR").disconnect(link);
      net.run();
    }
    theStreamGoesOn();
  }
}
