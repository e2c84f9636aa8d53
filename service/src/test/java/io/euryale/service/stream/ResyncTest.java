package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.overlay.CellId;
import io.euryale.overlay.Neighbourhood;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Three cells of two peers each; the sensor is dead, and those who hold its packet come below or
/// beside others that know it to be above them.
class ResyncTest {

  private static final StreamSettings SETTINGS = StreamSettings.defaults();
  private static final String STREAM = "line-a/events";
  private static final long FLOW = 77;
  private static final CellId MIDDLE = CellId.ROOT.child(0);
  private static final CellId LEAF = MIDDLE.child(0);
  private static final List<String> NOBODY = List.of();
  private static final List<String> ROOTS = List.of("root-1", "root-2");
  private static final List<String> MIDDLES = List.of("mid-1", "mid-2");
  private static final List<String> OTHERS = List.of("other-1", "other-2");
  private static final List<String> LEAVES = List.of("leaf-1", "leaf-2");

  private final TestNet net = new TestNet();
  private final TestLine.Received received = new TestLine.Received();
  private final Subscriber client =
      net.add("client", Role.CLIENT, node -> new Subscriber(SETTINGS, node, received));

  @BeforeEach
  void connect() {
    Stream.of(ROOTS, MIDDLES, LEAVES).flatMap(List::stream).forEach(this::add);
    placeAll(ROOTS, CellId.ROOT, NOBODY);
    placeAll(MIDDLES, MIDDLE, ROOTS);
    placeAll(LEAVES, LEAF, MIDDLES);
    clientAt(ROOTS);
    client.subscribe(net.now, STREAM, Replication.ACTIVE);
    net.pass(2_500); // A new root peer frees nothing sooner: clients may not have come yet.
  }

  private void add(String name) {
    net.add(name, Role.PEER, node -> new Relay(SETTINGS, TrafficClass.NORMAL, node.ref, node));
  }

  private void placeAll(List<String> cell, CellId id, List<String> above) {
    cell.forEach(name -> place(name, id, without(name, cell), above));
  }

  private static List<String> without(String name, List<String> names) {
    return names.stream().filter(other -> !other.equals(name)).toList();
  }

  private void place(String name, CellId id, List<String> siblings, List<String> above) {
    @Nullable PeerRef parent = above.isEmpty() ? null : TestNet.ref(above.getFirst());
    relay(name)
        .neighbourhood(
            net.now,
            new Neighbourhood(net.now, id, TestNet.ref(name), refs(siblings), parent, refs(above)));
  }

  private static List<PeerRef> refs(List<String> names) {
    return names.stream().map(TestNet::ref).toList();
  }

  private Relay relay(String name) {
    return (Relay) net.node(name).core();
  }

  private void clientAt(List<String> peers) {
    client.attachmentPoints(net.now, refs(peers));
  }

  private boolean keeps(String name) {
    return relay(name).counters().storedBytes > 0;
  }

  private void lose(Predicate<String> path, Integer... types) {
    net.lose = (way, frame) -> path.test(way) && List.of(types).contains((int) frame.get(0));
  }

  /// One packet goes up as far as these, who keep it, and its sensor dies.
  private void onlyIn(List<String> cell) {
    upTo(cell);
    net.kill("sensor");
  }

  private void upTo(List<String> cell) {
    Publisher sensor =
        net.add(
            "sensor",
            Role.SENSOR,
            node ->
                new Publisher(SETTINGS, TrafficClass.NORMAL, node.ref, node, new SilentSensor()));
    sensor.attachmentPoints(net.now, refs(LEAVES));
    sensor.open(net.now, STREAM);
    net.pass(1_000);
    assertThat(sensor.publish(net.now, STREAM, ByteBuffer.allocate(100))).isEqualTo(1);
    net.pass(300);
    Stream.of(ROOTS, MIDDLES, LEAVES)
        .flatMap(List::stream)
        .forEach(name -> assertThat(keeps(name)).as(name).isEqualTo(cell.contains(name)));
    assertThat(received.sequences()).isEmpty();
  }

  private void onlyInTheMiddle() {
    lose(path -> path.startsWith("mid") && path.contains(">root"), StreamFrames.DATA);
    onlyIn(MIDDLES);
    net.lose = (_, _) -> false;
  }

  private void onlyInTheRoot() {
    lose(path -> path.endsWith(">client"), StreamFrames.DATA);
    onlyIn(ROOTS);
    net.lose = (_, _) -> false;
    net.kill("root-2");
  }

  /// The client finds the middle cell in the root, and root-1 in one of the places below.
  private void theRootComesBelow(CellId id, List<String> siblings, List<String> above) {
    if (!siblings.isEmpty()) {
      siblings.forEach(name -> place(name, id, with("root-1", without(name, siblings)), above));
    }
    place("root-1", id, siblings, above);
    placeAll(MIDDLES, CellId.ROOT, NOBODY);
    clientAt(MIDDLES);
  }

  private static List<String> with(String name, List<String> names) {
    return Stream.concat(Stream.of(name), names.stream()).toList();
  }

  @Test
  void aPeerThatGoesUpTakesWhatIsBelowItNow() {
    onlyInTheMiddle();
    ROOTS.forEach(net::kill);
    net.kill("leaf-2");
    place("leaf-1", CellId.ROOT, NOBODY, NOBODY);
    placeAll(MIDDLES, MIDDLE, List.of("leaf-1"));
    clientAt(List.of("leaf-1"));
    net.pass(5_000);
    assertThat(received.sequences()).containsExactly(1L);
  }

  static Stream<Arguments> places() {
    return Stream.of(
        Arguments.of(LEAF.child(0), NOBODY, LEAVES),
        Arguments.of(LEAF, LEAVES, MIDDLES),
        Arguments.of(MIDDLE, NOBODY, MIDDLES));
  }

  @ParameterizedTest
  @MethodSource("places")
  void aPeerThatGoesDownBringsWhatItHoldsUpAgain(
      CellId id, List<String> siblings, List<String> above) {
    onlyInTheRoot();
    theRootComesBelow(id, siblings, above);
    net.pass(5_000);
    assertThat(received.sequences()).containsExactly(1L);
  }

  private void keepFromTheMiddle() {
    lose(
        path -> path.startsWith("leaf") && path.contains(">mid"),
        StreamFrames.RESYNC,
        StreamFrames.PING);
  }

  /// What the middle cell says is from before it was asked, as far as the leaves can know.
  @Test
  void nothingIsBelievedUntilTheOtherSideHasCounted() {
    onlyInTheRoot();
    keepFromTheMiddle();
    theRootComesBelow(LEAF.child(0), NOBODY, LEAVES);
    net.pass(3_000);
    assertThat(received.sequences()).isEmpty();
    assertThat(keeps("leaf-1") && keeps("leaf-2")).isTrue();
  }

  @Test
  void anAnswerFromBeforeIsNone() {
    onlyInTheRoot();
    keepFromTheMiddle();
    theRootComesBelow(LEAF.child(0), NOBODY, LEAVES);
    net.run();
    MIDDLES.forEach(name -> sayPong(name, net.now));
    net.pass(3_000);
    assertThat(keeps("leaf-1") && keeps("leaf-2")).isTrue();
    MIDDLES.forEach(name -> sayPong(name, net.now));
    net.pass(3_000);
    assertThat(keeps("leaf-1")).as("what it says now is believed").isFalse();
  }

  private void sayPong(String name, long number) {
    net.node(name)
        .ends
        .forEach(
            (link, _) ->
                net.node(name)
                    .send(
                        link,
                        StreamFrames.encode(
                            new WireWriter(), new StreamFrames.Message.Pong(number))));
    net.run();
  }

  /// Nor what a sibling says of its copies.
  @Test
  void noCopyCountsUntilTheSiblingHasCounted() {
    onlyInTheRoot();
    lose(
        path -> path.equals("leaf-1>leaf-2") || path.startsWith("leaf-1>mid"),
        StreamFrames.RESYNC,
        StreamFrames.PING);
    theRootComesBelow(LEAF.child(0), NOBODY, List.of("leaf-1"));
    net.pass(3_000);
    assertThat(keeps("leaf-1")).isTrue();
    assertThat(keeps("root-1")).as("who may be the only other holder").isTrue();
  }

  @Test
  void whoComesBesideKeepsCopies() {
    lose(path -> path.endsWith(">client"), StreamFrames.DATA);
    onlyIn(ROOTS);
    net.kill("root-2");
    place("root-1", CellId.ROOT, MIDDLES, NOBODY);
    MIDDLES.forEach(
        name -> place(name, CellId.ROOT, with("root-1", without(name, MIDDLES)), NOBODY));
    net.pass(500);
    assertThat(keeps("mid-1") && keeps("mid-2")).isTrue();
  }

  /// Of others that come later a sibling says what is done. That is not the one that it never had.
  @Test
  void whatASiblingHasDoneIsNotWhatItNeverHad() {
    lose(path -> path.endsWith(">client"), StreamFrames.DATA);
    upTo(ROOTS);
    net.kill("root-2");
    net.lose = (_, frame) -> frame.get(0) == StreamFrames.DATA && StreamFrames.sequence(frame) == 1;
    theRootComesBelow(LEAF, LEAVES, MIDDLES);
    net.pass(300);
    Publisher sensor = (Publisher) net.node("sensor").core();
    assertThat(sensor.publish(net.now, STREAM, ByteBuffer.allocate(100))).isEqualTo(2);
    net.pass(3_000);
    assertThat(keeps("root-1")).isTrue();
    net.lose = (_, _) -> false;
    net.pass(5_000);
    assertThat(received.sequences()).containsExactly(1L, 2L);
  }

  /// What is new after the other side was told is told at once, and an answer to what was told
  /// before is not enough.
  @Test
  void onlyTheLastAnswerCounts() {
    lose(path -> path.endsWith(">client"), StreamFrames.DATA);
    onlyIn(ROOTS);
    List<Long> pings = new ArrayList<>();
    net.lose =
        (path, frame) -> {
          if (path.equals("leaf-1>mid-1") && frame.get(0) == StreamFrames.PING) {
            pings.add(frame.getLong(1));
          }
          return path.startsWith("mid") && frame.get(0) == StreamFrames.PONG;
        };
    theRootComesBelow(LEAF.child(0), NOBODY, LEAVES);
    place("root-2", LEAF.child(1), NOBODY, LEAVES);
    net.run();
    assertThat(pings).hasSizeGreaterThan(1).doesNotHaveDuplicates();
    sayPong("mid-1", pings.getLast() - 1);
    net.pass(700);
    assertThat(keeps("leaf-1")).isTrue();
    sayPong("mid-1", pings.getLast());
    sayPong("mid-2", pings.getLast());
    net.pass(3_000);
    assertThat(keeps("leaf-1")).as("what it says now is believed").isFalse();
  }

  /// Peers that know nothing of a stream pass on to those who do.
  @Test
  void whoDoesNotKnowTheStreamPassesOn() {
    OTHERS.forEach(this::add);
    placeAll(OTHERS, MIDDLE.child(1), MIDDLES);
    net.pass(500);
    onlyInTheRoot();
    theRootComesBelow(MIDDLE.child(1).child(0), NOBODY, OTHERS);
    net.pass(5_000);
    assertThat(received.sequences()).containsExactly(1L);
  }

  /// Who comes beside has no way up yet, and no link to all others.
  @ParameterizedTest
  @ValueSource(strings = {"leaf-1", "leaf-2"})
  void whoIsBesideTellsThoseBesideAndAbove(String linked) {
    lose(path -> path.endsWith(">client"), StreamFrames.DATA);
    upTo(ROOTS);
    net.kill("root-2");
    net.lose = (_, _) -> false;
    net.cut((one, other) -> one.equals("root-1") && !other.equals(linked));
    theRootComesBelow(LEAF, LEAVES, MIDDLES);
    net.run();
    Publisher sensor = (Publisher) net.node("sensor").core();
    assertThat(sensor.publish(net.now, STREAM, ByteBuffer.allocate(100))).isEqualTo(2);
    net.pass(60);
    net.kill("sensor");
    net.cut((_, _) -> false);
    net.pass(10_000);
    assertThat(received.sequences()).contains(1L);
  }

  /// One who answers pings, and remembers what it heard.
  private final class Script extends SilentCore {
    private final String name;
    private final List<StreamFrames.ResyncId> told = new ArrayList<>();
    private String progress = "";
    private boolean answers = true;
    private long ping;

    Script(String name) {
      this.name = name;
    }

    @Override
    public void frame(long now, int link, ByteBuffer frame) {
      int type = frame.get(0);
      if (type == StreamFrames.ACK || type == StreamFrames.COPY_ACK) {
        progress = StreamFrames.upTo(frame) + " and " + StreamFrames.bits(frame);
      } else if (StreamFrames.decode(new WireReader(), frame)
          instanceof Decoded.Ok<StreamFrames.Message>(StreamFrames.Message message)) {
        heard(message);
      }
    }

    private void heard(StreamFrames.Message message) {
      if (message instanceof StreamFrames.Message.Resync what) {
        told.add(what.id());
      } else if (message instanceof StreamFrames.Message.Ping(long number)) {
        ping = number;
        if (answers) {
          say(new StreamFrames.Message.Pong(number));
        }
      }
    }

    void say(StreamFrames.Message message) {
      send(StreamFrames.encode(new WireWriter(), message));
    }

    void again(long number, int hops, long sequence) {
      StreamFrames.Undone undone = new StreamFrames.Undone(FLOW, 1, sequence, 1);
      StreamFrames.ResyncId id = new StreamFrames.ResyncId(PeerId.of("child", 1), number);
      say(new StreamFrames.Message.Resync(id, hops, List.of(undone)));
      net.run();
    }

    void packet(int type, long sequence) {
      ByteBuffer frame = ByteBuffer.allocate(100);
      StreamFrames.putPacketHeader(frame, Replication.ACTIVE, true, FLOW, sequence, sequence, 1);
      send(frame.rewind().put(0, (byte) type));
    }

    void keeps(int bits) {
      send(StreamFrames.progress(new WireWriter(), StreamFrames.COPY_ACK, FLOW, 0, bits, 0, 0));
      net.pass(50);
    }

    private void send(ByteBuffer frame) {
      net.node(name).send(net.node(name).ends.keySet().iterator().next(), frame);
    }
  }

  private Script script(String name) {
    return net.add(name, Role.PEER, _ -> new Script(name));
  }

  private final class Between {
    final Script child = script("child");
    final Script sibling = script("sibling");

    Between() {
      add("between");
      place("between", LEAF, List.of("sibling"), NOBODY);
      net.node("child").connect(TestNet.ref("between").endpoint());
      net.run();
    }
  }

  /// Below its floor who sends a packet has none. What comes once more is not done for that.
  @Test
  void whatIsToComeIsNotHeld() {
    Between at = new Between();
    at.child.packet(StreamFrames.DATA, 2);
    at.child.again(1, 0, 1);
    at.sibling.keeps(0b10);
    assertThat(at.child.progress).as("2 is held, 1 is not").isEqualTo("0 and 2");
  }

  @Test
  void whatIsToComeIsNotKept() {
    Between at = new Between();
    at.sibling.packet(StreamFrames.COPY, 2);
    at.child.again(1, 0, 1);
    net.pass(50);
    assertThat(at.sibling.progress).as("2 is kept, 1 is not").isEqualTo("0 and 2");
  }

  @Test
  void whoComesAboveIsToldOfWhatIsToCome() {
    Between at = new Between();
    Script above = script("upper");
    at.child.again(1, 0, 3);
    place("between", LEAF, List.of("sibling"), List.of("upper"));
    net.run();
    assertThat(above.told).hasSize(1);
    assertThat(above.told.getFirst().of()).isEqualTo(net.node("between").ref.id());
  }

  @Test
  void aSiblingThatDoesNotAnswerIsAskedAgain() {
    Between at = new Between();
    at.sibling.answers = false;
    at.child.packet(StreamFrames.DATA, 1);
    at.child.again(1, 0, 1);
    at.sibling.answers = true;
    at.sibling.keeps(1);
    assertThat(at.child.progress).isNotEqualTo("1 and 0");
    net.pass(2_000);
    at.sibling.keeps(1);
    assertThat(at.child.progress).isEqualTo("1 and 0");
  }

  @Test
  void anAnswerFromBeforeTheLinkWasFullDoesNotCount() {
    Between at = new Between();
    at.sibling.answers = false;
    at.child.packet(StreamFrames.DATA, 1);
    at.child.again(1, 0, 1);
    net.isFull = path -> path.equals("between>sibling");
    at.child.again(2, 0, 2);
    at.sibling.say(new StreamFrames.Message.Pong(at.sibling.ping));
    at.sibling.keeps(1);
    assertThat(at.child.progress).isNotEqualTo("1 and 0");
  }

  @Test
  void aFrameIsPassedOnOnceAndNotForEver() {
    Between at = new Between();
    at.child.again(1, StreamFrames.MAX_HOPS, 1);
    assertThat(at.sibling.told).isEmpty();
    at.child.again(2, StreamFrames.MAX_HOPS - 1, 1);
    at.child.again(2, 0, 1);
    assertThat(at.sibling.told).hasSize(1);
    for (long number = 3; number < 3 + Resync.MAX_SEEN; number++) {
      at.child.again(number, 0, 1);
    }
    at.sibling.told.clear();
    at.child.again(2, 0, 1);
    assertThat(at.sibling.told).as("what was long ago is not remembered").hasSize(1);
  }

  /// It need not hear all the frames that it missed, but what they came to.
  @Test
  void aLinkThatIsFullForLongIsToldWhatIsKept() {
    Between at = new Between();
    net.isFull = path -> path.equals("between>sibling");
    for (long number = 1; number <= Resync.MAX_UNTOLD + 1; number++) {
      at.child.again(number, 0, 1);
    }
    net.isFull = _ -> false;
    net.pass(2_000);
    assertThat(at.sibling.told).hasSize(1);
  }

  @Test
  void aFullLinkIsToldAgain() {
    onlyInTheRoot();
    net.isFull = path -> path.startsWith("leaf") && path.contains(">mid");
    theRootComesBelow(LEAF.child(0), NOBODY, LEAVES);
    net.pass(500);
    net.isFull = _ -> false;
    net.pass(5_000);
    assertThat(received.sequences()).containsExactly(1L);
  }

  /// As it may be for a moment: then a frame that each passes on goes around for ever.
  @Test
  void inARingOfPeersItEnds() {
    onlyInTheRoot();
    placeAll(MIDDLES, LEAF.child(0), LEAVES);
    place("root-1", LEAF.child(1), NOBODY, LEAVES);
    int[] said = {0};
    net.lose =
        (_, frame) -> {
          said[0] += frame.get(0) == StreamFrames.RESYNC ? 1 : 0;
          return false;
        };
    net.pass(100);
    assertThat(said[0]).isPositive();
    said[0] = 0;
    net.pass(5_000);
    assertThat(said[0]).isZero();
  }

  @Test
  void whoHasNothingTellsNothing() {
    onlyInTheRoot();
    boolean[] told = {false};
    net.lose =
        (_, frame) -> {
          told[0] |= frame.get(0) == StreamFrames.RESYNC;
          return false;
        };
    add("fresh");
    place("fresh", LEAF.child(0), NOBODY, LEAVES);
    placeAll(LEAVES, LEAF.child(0), ROOTS);
    net.pass(2_000);
    assertThat(told[0]).isFalse();
  }

  @Test
  void aWindowBeginsWhereTheSensorKeepsPackets() {
    Window window = new Window(64, new PacketStore(64 << 10));
    Flow flow = new Flow(1, window, StreamRules.SOUND);
    flow.reopen(new StreamFrames.Undone(1, 5, 7, 1));
    assertThat(window.base()).isEqualTo(5);
    List<StreamFrames.Undone> told = new ArrayList<>();
    flow.undone(told);
    assertThat(told).containsExactly(new StreamFrames.Undone(1, 5, 5, 0b100));
  }

  @Test
  void nobodyNeedsAgainWhatIsDeliveredOrGivenUp() {
    Window window = new Window(64, new PacketStore(64 << 10));
    Flow flow = new Flow(1, window, StreamRules.SOUND);
    window.begin(1);
    window.skipTo(10);
    flow.delivered = 6;
    flow.originFloor = 5;
    flow.reopen(new StreamFrames.Undone(1, 1, 1, -1L));
    assertThat(window.base()).isEqualTo(7);
    flow.originFloor = 9;
    window.skipTo(10);
    flow.reopen(new StreamFrames.Undone(1, 1, 1, -1L));
    assertThat(window.base()).isEqualTo(9);
  }
}
