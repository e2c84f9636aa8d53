package io.euryale.lighttrain.city;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.TrafficClass;
import io.euryale.peer.result.Promise;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What a soak measured breaks the promises that it should, and no other.
class CityReportTest {

  /// A city of 100 s that kept everything, until something is changed.
  private static final class Soak {
    double startSeconds = 12;
    long received = 30_000;
    long duplicated;
    long corrupted;
    double alarmP999 = 90;
    double longest = 1900;
    long alarmsLost;
    long normalLost;
    List<String> failures = List.of();
    AlarmDesk.Account alarms = new AlarmDesk.Account(20, 20, 0, "");
    AlarmDesk.Audit audit = new AlarmDesk.Audit(20, 20, 1, 0);
    Loudspeakers.Account announcements = announced(Announcements.PACKETS);
    StopDisplays.Account displays = shown(0, 0, 1900);
    long faults = 9;
    boolean whole = true;
    long unexpectedEnds;
    CityResources.@Nullable Growth growth = new CityResources.Growth(1.9, 16, List.of(), List.of());
    boolean withOperator = true;

    CityReport report() {
      CityReception.Figures alarm =
          new CityReception.Figures(100, 0, 0, 0, 0, 1, 50, alarmP999, alarmP999, 1, 0);
      CityReception.Figures normal =
          new CityReception.Figures(
              received, 0, duplicated, 0, corrupted, 1, 50, 500, longest, 1, 0);
      return new CityReport(
          Map.of(),
          new CityReport.Measured(
              100,
              startSeconds,
              Map.of(TrafficClass.ALARM, alarm, TrafficClass.NORMAL, normal),
              Map.of(TrafficClass.ALARM, alarmsLost, TrafficClass.NORMAL, normalLost),
              0,
              failures,
              alarms,
              audit,
              20,
              announcements,
              displays,
              faults,
              10,
              whole,
              unexpectedEnds,
              growth,
              900,
              60),
          withOperator);
    }

    static StopDisplays.Account shown(long behind, long back, double max) {
      return new StopDisplays.Account(100, 3, behind, back, 0, 1, 2, 3, max);
    }

    static Loudspeakers.Account announced(long played) {
      CityReception.Figures figures =
          new CityReception.Figures(played, 0, 0, 0, 0, 1, 2, 3, 4, 1, 0);
      return new Loudspeakers.Account(
          1,
          1,
          Announcements.PACKETS,
          played,
          Announcements.PACKETS - played,
          figures,
          List.of(new Loudspeakers.Station("s", "s", Announcements.PACKETS, played)));
    }
  }

  private static List<String> broken(Soak soak) {
    return soak.report().document().promises().stream()
        .filter(promise -> !promise.held())
        .map(Promise::text)
        .toList();
  }

  @Test
  void aSoakThatMissesNothingBreaksNothing() {
    assertThat(broken(new Soak())).isEmpty();
    assertThat(new Soak().report().allPromisesHeld()).isTrue();
    assertThat(new Soak().report().document().promises()).hasSize(16);
  }

  private static Arguments change(String what, Consumer<Soak> change, String... beginnings) {
    return Arguments.of(what, change, List.of(beginnings));
  }

  static Stream<Arguments> changes() {
    return Stream.of(
        change("a late start", soak -> soak.startSeconds = 30.1, "started within 30 s"),
        change("too few packets", soak -> soak.received = 19_000, "at least 200 events"),
        change("a packet too late", soak -> soak.longest = 2001, "every packet within 2 s"),
        change("a stopped sender", soak -> soak.failures = List.of("why"), "every packet within"),
        change("alarms too late", soak -> soak.alarmP999 = 100.1, "99.9 % of alarms"),
        change(
            "an alarm lost",
            soak -> soak.alarmsLost = 1,
            "every packet within 2 s",
            "no alarm lost",
            "no packet of any class lost"),
        change(
            "a packet lost",
            soak -> soak.normalLost = 1,
            "every packet within 2 s",
            "no packet of any class lost"),
        change("one twice", soak -> soak.duplicated = 1, "every stream in order"),
        change("one changed", soak -> soak.corrupted = 1, "every stream in order"),
        change(
            "an alarm not in the trail",
            soak -> soak.audit = new AlarmDesk.Audit(19, 19, 1, 0),
            "every alarm is in the audit trail",
            "every alarm acknowledged"),
        change(
            "an alarm that nobody acknowledged",
            soak -> soak.audit = new AlarmDesk.Audit(20, 19, 1, 0),
            "every alarm acknowledged"),
        change(
            "a trail that cannot be written",
            soak -> soak.alarms = new AlarmDesk.Account(20, 20, 0, "the disk is full"),
            "every alarm is in the audit trail"),
        change(
            "an announcement not all played",
            soak -> soak.announcements = Soak.announced(Announcements.PACKETS - 1),
            "every packet within 2 s",
            "no packet of any class lost",
            "every announcement played"),
        change("a display behind", soak -> soak.displays = Soak.shown(1, 0, 1), "no stop display"),
        change(
            "a display that went back",
            soak -> soak.displays = Soak.shown(0, 1, 1),
            "no stop display"),
        change(
            "a board too late",
            soak -> soak.displays = Soak.shown(0, 0, 2001),
            "a new board within 2 s"),
        change("too few faults", soak -> soak.faults = 8, "at least 90 % of the faults"),
        change("a peer away at the end", soak -> soak.whole = false, "the overlay whole"),
        change("a process that ended", soak -> soak.unexpectedEnds = 1, "the overlay whole"),
        change(
            "a heap that grows",
            soak -> soak.growth = new CityResources.Growth(2.1, 0, List.of(), List.of()),
            "what the heap holds"),
        change(
            "files that stay open",
            soak -> soak.growth = new CityResources.Growth(0, 17, List.of(), List.of()),
            "no more and more open files"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("changes")
  void whatIsMissedBreaksItsPromises(String what, Consumer<Soak> change, List<String> beginnings) {
    Soak soak = new Soak();
    change.accept(soak);
    List<String> broken = broken(soak);
    assertThat(broken).as(what).hasSameSizeAs(beginnings);
    for (int i = 0; i < broken.size(); i++) {
      assertThat(broken.get(i)).startsWith(beginnings.get(i));
    }
    assertThat(soak.report().allPromisesHeld()).isFalse();
    assertThat(soak.report().table()).contains("BROKEN  " + beginnings.getFirst());
  }

  @Test
  void nobodyPromisesToAcknowledgeWithoutAnOperatorNorGrowthOfAShortLife() {
    Soak soak = new Soak();
    soak.withOperator = false;
    soak.growth = null;
    soak.audit = new AlarmDesk.Audit(20, 0, 1, 0);
    assertThat(broken(soak)).isEmpty();
    assertThat(soak.report().document().promises()).hasSize(13);
    assertThat(soak.report().table()).contains("takes 9 looks at quiet moments in 260 s or more");
    assertThat(new Soak().report().table()).doesNotContain("Nothing is said of memory");
  }
}
