package io.euryale.lighttrain.timetable;

/// The invented city that is built in: Halvemar, with 5 lines, 70 stations and trains on all days
/// of 2025 to 2035, some of them past midnight.
///
/// Its stations have a [Station#mapPosition] for drawing the network as a metro map. City, lines,
/// stations and times are made up; the coordinates lie in the open Atlantic.
public final class SampleNetwork {

  private static final String FOLDER = "/io/euryale/lighttrain/sample/";

  private SampleNetwork() {}

  /// Reads the sample network.
  ///
  /// @throws IllegalStateException if its files are missing or wrong, which is a mistake in the
  ///     build
  public static GtfsFeed load() {
    try (GtfsSource source = new ResourceSource(FOLDER)) {
      return new GtfsReader(source, GtfsLimits.DEFAULT).read();
    } catch (TimetableException e) {
      throw new IllegalStateException(
          "The built-in sample network is broken: " + e.getMessage(), e);
    }
  }
}
