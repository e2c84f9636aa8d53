package io.euryale.lighttrain.demo;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/// Shows a demo while it runs. Called by one thread.
public sealed interface DemoView extends AutoCloseable permits PlainView, TerminalView {

  /// Lines of text, for a file or a pipe.
  static DemoView plain(PrintStream out) {
    return new PlainView(out);
  }

  /// A picture that is redrawn, for a terminal that knows ANSI sequences.
  ///
  /// @param colours whether it may use colours
  static DemoView terminal(PrintStream out, boolean colours) {
    return new TerminalView(out, colours);
  }

  /// The state of things, several times a second.
  void show(Snapshot now);

  /// Something happened that is worth a line.
  void event(String line);

  /// Leaves the terminal as it was.
  @Override
  void close();

  /// What a peer is doing.
  enum PeerState {
    /// It was killed or has not been started.
    DOWN,
    /// It has been started and looks for its place.
    JOINING,
    /// It is a member of its cell.
    UP
  }

  /// One peer.
  ///
  /// @param process in which it runs, from 1
  record PeerShown(String name, int process, PeerState state) {}

  /// One cell.
  ///
  /// @param id such as `0.1`
  record CellShown(String id, int level, List<PeerShown> peers) {
    public CellShown {
      peers = List.copyOf(peers);
    }
  }

  /// One traffic class so far.
  ///
  /// @param perSecond packets received in the last second
  record ClassShown(String label, double perSecond, Reception.Figures figures) {}

  /// Everything at one moment.
  ///
  /// @param elapsedSeconds of the traffic
  /// @param durationSeconds of the traffic
  /// @param cityTime what clocks in the city show
  /// @param trains the latest calls of each line
  record Snapshot(
      double elapsedSeconds,
      double durationSeconds,
      String cityTime,
      double speed,
      List<CellShown> cells,
      List<ClassShown> classes,
      Map<String, List<TrainBoard.Seen>> trains,
      List<Recovery> recoveries,
      int faultsPlanned) {}
}
