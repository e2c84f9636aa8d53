package io.euryale.group.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.group.Configuration;
import io.euryale.group.ConfigurationId;
import io.euryale.group.Delivery;
import io.euryale.group.Service;
import io.euryale.kernel.PeerId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// When which packet is handed up, and what two members that go on together know.
final class HandoverTest {

  private static final PeerId A = PeerId.of("a", 1);
  private static final PeerId B = PeerId.of("b", 1);
  private static final PeerId C = PeerId.of("c", 1);
  private static final Configuration ALL =
      new Configuration(ConfigurationId.regular(2, A), List.of(A, B, C), null);
  private static final long[] NOTHING = new long[3];

  private final History history = new History(ALL, 0, OrderRules.SOUND);
  private final Up up = new Up();
  private final OrderCounters counters = new OrderCounters();
  private final Handover handover = new Handover(history, up, OrderRules.SOUND, counters);

  private static final class Up implements Delivery {
    final List<String> heard = new ArrayList<>();

    @Override
    public void regular(long now, Configuration configuration) {}

    @Override
    public void transitional(long now, Configuration configuration) {}

    @Override
    public void sent(long now, long sequence, Service service, ByteBuffer payload) {}

    @Override
    public void message(
        long now, PeerId sender, long sequence, Service service, ByteBuffer payload) {
      heard.add(
          sender.name()
              + "/"
              + sequence
              + " "
              + StandardCharsets.UTF_8.decode(payload.duplicate()));
    }

    @Override
    public void stable(long now, long sequence) {}

    @Override
    public void writable(long now) {}
  }

  private static byte[] body(String... messages) {
    ByteBuffer out = ByteBuffer.allocate(1_000);
    for (String message : messages) {
      byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
      out.putInt(bytes.length).put(bytes);
    }
    byte[] body = new byte[out.position()];
    out.flip().get(body);
    return body;
  }

  private Packet put(int origin, long sequence, long time, Service service, String... messages) {
    long[] causes = service == Service.CAUSAL ? NOTHING : new long[0];
    return put(origin, sequence, time, service, causes, messages);
  }

  private Packet put(
      int origin, long sequence, long time, Service service, long[] causes, String... messages) {
    byte[] body = body(messages);
    Packet packet =
        new Packet(
            origin, sequence, time, service, Packet.WHOLE, sequence, causes, body, body.length);
    assertThat(history.put(packet)).isTrue();
    return packet;
  }

  private List<String> regular(long line, long stableLine) {
    up.heard.clear();
    handover.regular(0, line, stableLine);
    return List.copyOf(up.heard);
  }

  @Test
  void aPacketOfManyMessagesIsHandedUpOneByOne() {
    put(1, 1, 1, Service.FIFO, "x", "", "yz");
    assertThat(regular(0, 0)).containsExactly("b/1 x", "b/2 ", "b/3 yz");
    assertThat(handover.messages()).isEqualTo(3);
  }

  @Test
  void fifoDoesNotWaitForTheOrderButForAGapOfItsSender() {
    put(1, 2, 5, Service.FIFO, "second");
    put(2, 1, 9, Service.FIFO, "other");
    assertThat(regular(0, 0)).containsExactly("c/1 other");
    put(1, 1, 4, Service.FIFO, "first");
    assertThat(regular(0, 0)).containsExactly("b/1 first", "b/2 second");
  }

  @Test
  void fifoWaitsBehindAnOrderedPacketOfItsSender() {
    put(1, 1, 4, Service.AGREED, "agreed");
    put(1, 2, 5, Service.FIFO, "behind");
    assertThat(regular(3, 3)).isEmpty();
    assertThat(regular(4, 0)).containsExactly("b/1 agreed", "b/2 behind");
  }

  @Test
  void causalWaitsForItsCauses() {
    put(2, 1, 7, Service.CAUSAL, new long[] {0, 1, 0}, "effect");
    assertThat(regular(0, 0)).isEmpty();
    put(1, 1, 3, Service.CAUSAL, "cause");
    assertThat(regular(0, 0)).containsExactly("b/1 cause", "c/1 effect");
  }

  @Test
  void causalWithoutNamedCausesWaitsForItsPlace() {
    put(2, 1, 7, Service.CAUSAL, new long[0], "effect");
    put(1, 1, 3, Service.AGREED, "cause");
    assertThat(regular(6, 6)).containsExactly("b/1 cause");
    assertThat(regular(7, 0)).containsExactly("c/1 effect");
  }

  @Test
  void agreedWaitsForTheLineAndSafeForTheLinesOfAll() {
    put(1, 1, 4, Service.AGREED, "agreed");
    put(2, 1, 5, Service.SAFE, "safe");
    put(1, 2, 6, Service.AGREED, "late");
    assertThat(regular(3, 3)).isEmpty();
    assertThat(regular(9, 4)).containsExactly("b/1 agreed");
    assertThat(regular(9, 5)).containsExactly("c/1 safe", "b/2 late");
  }

  @Test
  void equalTimestampsAreOrderedByRank() {
    put(2, 1, 4, Service.AGREED, "of c");
    put(1, 1, 4, Service.AGREED, "of b");
    assertThat(regular(4, 4)).containsExactly("b/1 of b", "c/1 of c");
  }

  @Test
  void reliableDoesNotWaitForAGap() {
    Packet packet = put(1, 5, 9, Service.RELIABLE, "r");
    handover.reliable(0, packet);
    handover.reliable(0, packet);
    assertThat(up.heard).containsExactly("b/5 r");
    assertThat(regular(0, 0)).isEmpty();
  }

  @Test
  void piecesAreJoinedInTheirOrder() {
    for (int i = 1; i <= 3; i++) {
      int pieces = i == 1 ? Packet.FIRST_PIECE : i == 3 ? Packet.LAST_PIECE : 0;
      history.put(
          new Packet(
              1, i, i, Service.AGREED, pieces, 8, new long[0], new byte[] {(byte) ('0' + i)}, 1));
    }
    assertThat(regular(2, 2)).isEmpty();
    assertThat(regular(3, 3)).containsExactly("b/8 123");
    assertThat(counters.brokenMessages).isZero();
  }

  private static boolean[] along(boolean... ranks) {
    return ranks;
  }

  @Test
  void inTheTransitionalConfigurationWhoCameAlongNeedsNoLine() {
    put(0, 1, 4, Service.SAFE, "own");
    put(1, 1, 3, Service.AGREED, "of b");
    handover.transitional(0, along(true, true, false), 0);
    assertThat(up.heard).containsExactly("b/1 of b", "a/1 own");
  }

  @Test
  void ofStrangersOnlyWhatCannotDependOnAMissingPacketIsDelivered() {
    put(2, 1, 4, Service.AGREED, "before the gap");
    put(2, 2, 9, Service.AGREED, "after what another stranger may have said");
    put(0, 1, 12, Service.AGREED, "own");
    handover.transitional(0, along(true, false, false), 5);
    assertThat(up.heard).containsExactly("c/1 before the gap", "a/1 own");
  }

  @Test
  void aGapOfAStrangerIsNotStepedOver() {
    put(2, 1, 1, Service.FIFO, "first");
    put(2, 3, 3, Service.FIFO, "third");
    handover.transitional(0, along(true, true, false), 100);
    assertThat(up.heard).containsExactly("c/1 first");
  }

  // --- what is known together
  // ----------------------------------------------------------------------

  private static Holdings report(
      long held, long heard, long line, BitSet obliged, Range... islands) {
    Holdings.OfOrigin of = new Holdings.OfOrigin(held, List.of(islands), heard, line);
    return new Holdings(List.of(of, of, of), obliged);
  }

  @Test
  void theUnionJoinsPrefixesAndIslands() {
    TreeMap<Integer, Holdings> reports = new TreeMap<>();
    BitSet obliged = new BitSet();
    obliged.set(2);
    reports.put(0, report(3, 30, 5, new BitSet(), new Range(8, 9), new Range(20, 22)));
    reports.put(
        1, report(5, 20, 7, obliged, new Range(6, 7), new Range(21, 25), new Range(30, 30)));
    Merged merged = Merged.of(reports);
    Merged.OfOrigin of = merged.origins().getFirst();
    assertThat(of.top()).isEqualTo(9);
    assertThat(of.islands()).containsExactly(new Range(20, 25), new Range(30, 30));
    assertThat(of.heard()).isEqualTo(30);
    assertThat(of.line()).isEqualTo(7);
    assertThat(of.has(9)).isTrue();
    assertThat(of.has(10)).isFalse();
    assertThat(of.has(25)).isTrue();
    assertThat(merged.along().stream()).containsExactly(0, 1, 2);
  }

  @Test
  void islandsThatTouchAreOne() {
    TreeMap<Integer, Holdings> reports = new TreeMap<>();
    reports.put(0, report(0, 0, 0, new BitSet(), new Range(5, 6)));
    reports.put(1, report(0, 0, 0, new BitSet(), new Range(7, 9)));
    assertThat(Merged.of(reports).origins().getFirst().islands()).containsExactly(new Range(5, 9));
  }

  @Test
  void aReportOfVeryManyIslandsStaysBounded() {
    TreeMap<Integer, Holdings> reports = new TreeMap<>();
    Range[] islands = new Range[5_000];
    for (int i = 0; i < islands.length; i++) {
      islands[i] = new Range(10 + 2L * i, 10 + 2L * i);
    }
    reports.put(0, report(1, 0, 0, new BitSet(), islands));
    assertThat(Merged.of(reports).origins())
        .allMatch(of -> of.islands().size() == Holdings.MOST_ISLANDS);
  }

  // --- numbers
  // -------------------------------------------------------------------------------------

  @Test
  void theLineIsTheLeastThatWasHeardOfAnybody() {
    history.witness(50);
    history.origins[1].promise(20, 0);
    history.origins[2].promise(30, 0);
    assertThat(history.line()).isEqualTo(20);
    history.origins[1].reportLine(25);
    history.origins[2].reportLine(15);
    assertThat(history.stableLine()).isEqualTo(15);
    history.origins[2].reportLine(10);
    assertThat(history.stableLine()).as("lines only grow").isEqualTo(15);
  }

  @Test
  void ownTimestampsAreLaterThanEverythingSeen() {
    history.witness(41);
    assertThat(history.tick()).isEqualTo(42);
    history.witness(7);
    assertThat(history.tick()).isEqualTo(43);
  }

  @Test
  void causesAreSatisfiedWhenAllAreDelivered() {
    assertThat(history.satisfies(NOTHING)).isTrue();
    assertThat(history.satisfies(new long[] {0, 1, 0})).isFalse();
    history.origins[1].next = 2;
    assertThat(history.satisfies(new long[] {0, 1, 0})).isTrue();
    assertThat(history.delivered()).containsExactly(0, 1, 0);
  }
}
