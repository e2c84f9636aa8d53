package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.overlay.CellId;
import io.euryale.overlay.Neighbourhood;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Three cells of two peers each; the sensor is dead, and those who hold its packet come below or
/// beside others that know it to be above them.
class ResyncTest {

  private static final StreamSettings SETTINGS = StreamSettings.defaults();
  private static final String STREAM = "line-a/events";
  private static final CellId MIDDLE = CellId.ROOT.child(0);
  private static final CellId LEAF = MIDDLE.child(0);
  private static final List<String> NOBODY = List.of();
  private static final List<String> ROOTS = List.of("root-1", "root-2");
  private static final List<String> MIDDLES = List.of("mid-1", "mid-2");
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

  /// What the middle cell says is from before it was asked, as far as the leaves can know.
  @Test
  void nothingIsBelievedUntilTheOtherSideHasCounted() {
    onlyInTheRoot();
    lose(
        path -> path.startsWith("leaf") && path.contains(">mid"),
        StreamFrames.RESYNC,
        StreamFrames.PING);
    theRootComesBelow(LEAF.child(0), NOBODY, LEAVES);
    net.pass(3_000);
    assertThat(received.sequences()).isEmpty();
    assertThat(keeps("leaf-1") && keeps("leaf-2")).isTrue();
  }

  @Test
  void anAnswerFromBeforeIsNone() {
    onlyInTheRoot();
    lose(
        path -> path.startsWith("leaf") && path.contains(">mid"),
        StreamFrames.RESYNC,
        StreamFrames.PING);
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

  /// What is new after the other side was told, and before it answers, it is told then.
  @Test
  void whatComesMeanwhileIsToldInTurn() {
    lose(path -> path.endsWith(">client"), StreamFrames.DATA);
    onlyIn(ROOTS);
    int[] told = {0};
    boolean[] answers = {false};
    net.lose =
        (path, frame) -> {
          told[0] += path.equals("leaf-1>mid-1") && frame.get(0) == StreamFrames.RESYNC ? 1 : 0;
          return path.startsWith("mid") && frame.get(0) == StreamFrames.PONG && !answers[0];
        };
    theRootComesBelow(LEAF.child(0), NOBODY, LEAVES);
    net.run();
    assertThat(told[0]).isOne();
    place("root-2", LEAF.child(1), NOBODY, LEAVES);
    net.run();
    assertThat(told[0]).isOne();
    answers[0] = true;
    net.pass(2_000);
    assertThat(told[0]).isEqualTo(2);
    net.pass(5_000);
    assertThat(received.sequences()).containsExactly(1L);
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
  void nobodyNeedsAgainWhatIsDeliveredOrGivenUp() {
    Window window = new Window(64, new PacketStore(64 << 10));
    Flow flow = new Flow(1, window, StreamRules.SOUND);
    window.begin(1);
    window.skipTo(10);
    flow.delivered = 6;
    flow.originFloor = 5;
    flow.reopen(new StreamFrames.Undone(1, 1, -1L));
    assertThat(window.base()).isEqualTo(7);
    flow.originFloor = 9;
    window.skipTo(10);
    flow.reopen(new StreamFrames.Undone(1, 1, -1L));
    assertThat(window.base()).isEqualTo(9);
  }

  private static final class SilentSensor implements Publisher.Listener {
    @Override
    public void interest(long now, String stream, @Nullable StreamQos wanted) {}

    @Override
    public void held(long now, String stream, long upTo) {}

    @Override
    public void delivered(long now, String stream, long upTo) {}

    @Override
    public void lost(long now, String stream, long sequence, String reason) {}

    @Override
    public void writable(long now) {}
  }
}
