package io.euryale.bench.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.group.Service;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupReportTest {

  private final Findings findings = new Findings();

  private void latency(SystemUnderTest system, Service service, double p50, double p99) {
    String label = Load.label(3, system, Load.latency(service));
    for (String side : List.of(", own", ", remote")) {
      findings.add(label + side + ", p50", "latency_ms", "ms", p50);
      findings.add(label + side + ", p99", "latency_ms", "ms", p99);
    }
    findings.add(label, "cpu_micros_per_delivery", "µs", 10);
  }

  private void flood(SystemUnderTest system, Service service, boolean window, double rate) {
    String label = Load.label(3, system, new Load(service, 1024, true, 0, window));
    findings.add(label, "throughput_per_second", "messages/s", rate);
    findings.add(label + GroupPage.FAIRNESS, "ratio", "times", 0.95);
    findings.add(label, "cpu_micros_per_delivery", "µs", 1);
  }

  private void good() {
    findings.add(GroupReport.PING_BUSY + ", p50", "latency_ms", "ms", 0.018);
    latency(SystemUnderTest.EURYALE, Service.AGREED, 0.08, 0.2);
    latency(SystemUnderTest.EURYALE, Service.SAFE, 0.12, 0.3);
    latency(SystemUnderTest.JGROUPS_UDP, Service.AGREED, 0.11, 0.5);
    latency(SystemUnderTest.JGROUPS_TCP, Service.AGREED, 0.2, 0.4);
    flood(SystemUnderTest.EURYALE, Service.AGREED, false, 300_000);
    flood(SystemUnderTest.EURYALE, Service.AGREED, true, 310_000);
    flood(SystemUnderTest.EURYALE, Service.SAFE, false, 200_000);
    flood(SystemUnderTest.JGROUPS_UDP, Service.AGREED, true, 290_000);
    flood(SystemUnderTest.JGROUPS_TCP, Service.AGREED, true, 150_000);
    String who = "3 members, Euryale, ";
    findings.add(who + "SIGKILL", "failover_ms", "ms", 60);
    findings.add(who + "SIGSTOP", "failover_ms", "ms", 805);
    findings.add("3 members, Euryale, named group, leave", "failover_ms", "ms", 0.4);
  }

  private ResultDocument document() throws Exception {
    return new GroupReport(GroupSettings.of(true, false), findings, List.of()).document(0.5);
  }

  private List<String> missed() throws Exception {
    return document().promises().stream()
        .filter(promise -> !promise.held())
        .map(Promise::text)
        .toList();
  }

  @Test
  void goodNumbersHoldAllPromises() throws Exception {
    good();
    assertThat(document().promises()).hasSizeGreaterThan(9);
    assertThat(missed()).isEmpty();
  }

  @Test
  void jgroupsCountsWithTheBetterOfItsTransports() throws Exception {
    good();
    latency(SystemUnderTest.EURYALE, Service.AGREED, 0.08, 0.39);
    latency(SystemUnderTest.JGROUPS_UDP, Service.AGREED, 0.11, 0.5);
    latency(SystemUnderTest.JGROUPS_TCP, Service.AGREED, 0.2, 0.2);
    latency(SystemUnderTest.EURYALE, Service.SAFE, 0.12, 0.3);
    assertThat(missed()).hasSize(1).first().asString().contains("agreed p99");
  }

  @Test
  void oneSlowFaultOfManyMissesWhatIsPromisedForAlways() throws Exception {
    good();
    findings.add("3 members, Euryale, SIGKILL", "failover_ms", "ms", 61);
    findings.add("3 members, Euryale, SIGKILL", "failover_ms", "ms", 101);
    assertThat(missed()).hasSize(1).first().asString().contains("SIGKILL", "101");
  }

  @Test
  void whatWasNotMeasuredIsMissedAndNotHeld() throws Exception {
    assertThat(missed()).isNotEmpty().allMatch(text -> text.contains("not measured"));
    assertThat(document().promises()).noneMatch(Promise::held);
  }

  @Test
  void theDocumentHoldsTheFullStacksOfJgroups() throws Exception {
    assertThat(document().toJson()).contains("SEQUENCER", "tcp_nodelay", "mcast_recv_buf_size");
  }

  @Test
  void thePageAndTheTablesNameEverySystem() throws Exception {
    good();
    String page = GroupPage.html(document());
    assertThat(page).doesNotContain("<script", " src=").contains("<svg ", "3 members, agreed");
    assertThat(GroupPage.markdown(document()))
        .contains("| 3 members, Euryale, agreed | 0.08 |", "| 3 members, JGroups UDP, agreed |");
  }
}
