package io.euryale.lighttrain.city;

import io.euryale.lighttrain.timetable.StationCall;
import io.euryale.lighttrain.timetable.Timetable;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The trains of a day: where each is at a time, by its timetable. Times are seconds after the
/// start of the service day. Immutable.
final class CityTrains {

  private static final int LOOK_SECONDS = 300;
  private static final int DAY_SECONDS = 86_400;

  /// One call of a train.
  ///
  /// @param stop id of the station
  /// @param platform id of the stop in the feed, which may be another
  record Call(String stop, String platform, int sequence, double arrival, double departure) {

    private Call until(double leaves) {
      return new Call(stop, platform, sequence, arrival, leaves);
    }
  }

  /// One train on its way, once.
  ///
  /// @param trip id in the feed, with the departure for a trip that is repeated
  record Run(String trip, LocalDate serviceDate, String line, String headsign, List<Call> calls) {

    double begins() {
      return calls.getFirst().departure();
    }

    double ends() {
      return calls.getLast().arrival();
    }

    boolean isOnTheWay(double seconds) {
      return seconds >= begins() - 20 && seconds <= ends() + 20;
    }

    /// Where the train is.
    Place at(double seconds) {
      int next = 0;
      while (next < calls.size() && calls.get(next).arrival() <= seconds) {
        next++;
      }
      Call last = calls.get(Math.max(0, next - 1));
      if (next == 0 || next == calls.size() || seconds <= last.departure()) {
        return new Place(last, last, 0);
      }
      Call to = calls.get(next);
      double part = (seconds - last.departure()) / (to.arrival() - last.departure());
      return new Place(last, to, eased(part));
    }

    /// Trains start and brake gently.
    private static double eased(double part) {
      return part * part * (3 - 2 * part);
    }
  }

  /// @param fraction of the way between the two, 0 to 1; at a stand both are the same
  record Place(Call from, Call to, double fraction) {
    boolean stands() {
      return from.equals(to);
    }
  }

  /// A call of a train at a stop.
  record Visit(Run run, Call call) {}

  private final List<Run> runs;
  private final Map<String, List<Visit>> visits = new HashMap<>();
  private final double lastEnd;

  CityTrains(Timetable day) {
    Map<String, List<StationCall>> byTrain = new LinkedHashMap<>();
    for (StationCall call : day.calls()) {
      byTrain
          .computeIfAbsent(call.serviceDate() + " " + call.trip(), _ -> new ArrayList<>())
          .add(call);
    }
    List<Run> all = new ArrayList<>();
    for (List<StationCall> train : byTrain.values()) {
      List<Call> calls = calls(train);
      if (calls.size() > 1) {
        StationCall first = train.getFirst();
        all.add(
            new Run(
                first.trip(),
                first.serviceDate(),
                CityMap.shown(first.line()),
                CityMap.shown(first.headsign()),
                calls));
      }
    }
    all.sort(Comparator.comparingDouble(Run::begins));
    runs = List.copyOf(all);
    for (Run run : runs) {
      for (Call call : run.calls()) {
        visits.computeIfAbsent(call.stop(), _ -> new ArrayList<>()).add(new Visit(run, call));
      }
    }
    lastEnd = runs.stream().mapToDouble(Run::ends).max().orElse(0);
  }

  private static List<Call> calls(List<StationCall> train) {
    List<Call> calls = new ArrayList<>();
    for (StationCall call : train) {
      double at = seconds(call.sinceServiceDayStart());
      Call last = calls.isEmpty() ? null : calls.getLast();
      if (last != null && last.sequence() == call.sequence()) {
        calls.set(calls.size() - 1, last.until(at));
      } else {
        calls.add(new Call(call.stationId(), call.stopId(), call.sequence(), at, at));
      }
    }
    return calls;
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }

  List<Run> runs() {
    return runs;
  }

  /// All calls at a stop, in the order in which their trains begin.
  List<Visit> visits(String stop) {
    return visits.getOrDefault(stop, List.of());
  }

  @Nullable Run run(String trip) {
    return runs.stream().filter(run -> run.trip().equals(trip)).findFirst().orElse(null);
  }

  /// When the last train has arrived.
  double lastEnd() {
    return lastEnd;
  }

  /// The time at which most trains are on their way; it has an hour before it ends.
  double busiest() {
    double best = runs.getFirst().begins();
    long most = 0;
    for (int look = 0; look < DAY_SECONDS; look += LOOK_SECONDS) {
      int at = look;
      long count = runs.stream().filter(run -> run.isOnTheWay(at)).count();
      if (count > most) {
        most = count;
        best = look;
      }
    }
    return best;
  }
}
