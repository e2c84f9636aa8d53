package io.euryale.bench.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.euryale.bench.BenchException;
import io.euryale.bench.plot.Page;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FanoutReportTest {

  private final FanoutFindings findings = new FanoutFindings();

  private static FanoutResult result(double p50, double busiest, long lost, long twice) {
    LatencySummary latency = new LatencySummary(p50, p50, p50 * 2, p50 * 3, p50 * 4);
    FanoutLoad load = new FanoutLoad(busiest, 3, 5_000, 9, 7, 0);
    return new FanoutResult(latency, latency, 100, 800, lost, twice, 0, 0.4, load);
  }

  private void segment(FanoutPlace place, FanoutResult overlay) {
    FanoutCase which = new FanoutCase(place, 8);
    findings.segment(FanoutReport.EURYALE, which, overlay);
    findings.segment(FanoutReport.RELAYS, which, result(0.5, 0, 0, 0));
  }

  private ResultDocument document() throws Exception {
    findings.idle(0.1);
    return new FanoutReport(FanoutSettings.of(true, 1, List.of(8)), findings).document(0.5);
  }

  private static List<String> missed(ResultDocument document) {
    return document.promises().stream()
        .filter(promise -> !promise.held())
        .map(Promise::text)
        .toList();
  }

  @Test
  void aSharedPathOnWhichAllArrivesIsHeld() throws Exception {
    segment(FanoutPlace.ROOT, result(1, 0, 0, 0));
    segment(FanoutPlace.LEAF, result(1, 1, 0, 0));
    ResultDocument document = document();
    assertThat(missed(document)).isEmpty();
    assertThat(document.promises()).hasSize(2);
    var cpu = Page.find(document, "Euryale, 8 clients at one leaf cell", FanoutReport.CPU);
    assertThat(cpu.orElseThrow().value()).isCloseTo(500, within(1e-9));
    var ratio =
        Page.find(document, "Euryale / bare relays, 8 clients at one leaf cell, p50", "ratio");
    assertThat(ratio.orElseThrow().value()).isCloseTo(2, within(1e-9));
  }

  @Test
  void aLinkThatCarriesPacketsForEachClientIsMissed() throws Exception {
    segment(FanoutPlace.LEAF, result(1, 8, 0, 0));
    assertThat(missed(document()))
        .singleElement()
        .satisfies(text -> assertThat(text).contains("at most 8.00 times"));
  }

  @Test
  void aPacketThatIsLostOrComesTwiceIsMissed() throws Exception {
    segment(FanoutPlace.LEAF, result(1, 1, 1, 2));
    assertThat(missed(document()))
        .singleElement()
        .satisfies(text -> assertThat(text).contains("1 lost, 2 twice or out of order of 800"));
  }

  @Test
  void theTablesNameEachCaseOnceAndThePageHasPlots() throws Exception {
    segment(FanoutPlace.LEAF, result(1, 1, 0, 0));
    segment(FanoutPlace.ROOT, result(1, 0, 0, 0));
    ResultDocument document = document();
    assertThat(FanoutPage.markdown(document).lines())
        .filteredOn(line -> line.contains("8 clients"))
        .satisfiesExactly(
            line -> assertThat(line).startsWith("| 8 clients at the root | 0 | 3 | 5000 |"),
            line -> assertThat(line).startsWith("| 8 clients at one leaf cell | 1 | 3 |"),
            line -> assertThat(line).startsWith("| Euryale, 8 clients at the root | 1 | 2 | 4 |"),
            line -> assertThat(line).startsWith("| bare relays, 8 clients at the root | 0.5 |"),
            line -> assertThat(line).startsWith("| Euryale, 8 clients at one leaf cell |"),
            line -> assertThat(line).startsWith("| bare relays, 8 clients at one leaf cell |"),
            line -> assertThat(line).startsWith("| Euryale / bare relays, 8 clients at one leaf"),
            line -> assertThat(line).startsWith("| Euryale / bare relays, 8 clients at the root"));
    assertThat(FanoutPage.html(document)).contains("Bytes that the root cell sends for a packet");
  }

  @Test
  void whatPeersCountedIsTakenPerPacket() throws Exception {
    Map<String, Topology.Place> places = new LinkedHashMap<>();
    places.put("a", new Topology.Place("a", "0", 0, "", null));
    places.put("b", new Topology.Place("b", "0.0", 1, "", "a"));
    Map<String, JsonNode> before = Map.of("a", status(10, 5, 1_000), "b", status(0, 7, 500));
    Map<String, JsonNode> after = Map.of("a", status(14, 5, 3_000), "b", status(9, 17, 900));
    FanoutLoad load = FanoutLoad.between(new Topology(places), before, after, 10);
    // Only the root cell's bytes and repetitions count, and only what came down is on a link.
    assertThat(load).isEqualTo(new FanoutLoad(1, 1, 200, 20, 40, 0.4));
  }

  private static JsonNode status(long repeated, long handedDown, long bytes) throws Exception {
    return new ObjectMapper()
        .readTree(
            """
            {"relays": {"normal": {"handed_down": %d, "repeated": %d}},
             "links": {"normal": {"bytesOut": %d, "framesOut": %d, "framesIn": %d}}}
            """
                .formatted(handedDown, repeated, bytes, bytes / 10, bytes / 5));
  }

  @Test
  void latenciesAreThoseOfAllClientsAndOfTheLastOne() {
    long start = System.nanoTime();
    Traffic traffic =
        Traffic.of(1, start, Duration.ZERO, Duration.ofMillis(200), Traffic.PAPER_RATE, 1, 1);
    List<Ledger> ledgers = List.of(new Ledger(traffic), new Ledger(traffic));
    var buffer = java.nio.ByteBuffer.allocate(PacketKind.LARGE.bytes());
    for (int number = 0; number < traffic.count(0); number++) {
      Payload.put(buffer, traffic, 0, number);
      ledgers.get(0).arrived(buffer, traffic.dueNanos(0, number) + 1_000_000);
      if (number > 0) {
        ledgers.get(1).arrived(buffer, traffic.dueNanos(0, number) + 3_000_000);
      }
    }
    FanoutResult result = FanoutResult.of(ledgers, 1, FanoutLoad.NONE);
    assertThat(traffic.count()).isEqualTo(traffic.count(0)).isGreaterThan(3);
    assertThat(result.latency().max()).isCloseTo(3, within(0.01));
    assertThat(result.last().p50()).isCloseTo(3, within(0.01));
    assertThat(result.latency().p50()).isCloseTo(1, within(0.01));
    assertThat(result.wanted()).isEqualTo(2L * traffic.count());
    assertThat(result.lost()).isEqualTo(1);
  }

  @Test
  void numbersOfClientsOutOfRangeAreRefused() {
    assertThatThrownBy(() -> FanoutSettings.of(false, 1, List.of(8, 0)))
        .isInstanceOf(BenchException.class)
        .hasMessageContaining("--clients 0");
    assertThatThrownBy(() -> FanoutSettings.of(false, 101, List.of()))
        .isInstanceOf(BenchException.class)
        .hasMessageContaining("--runs 101");
  }
}
