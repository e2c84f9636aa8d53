package io.euryale.simulation;

import java.util.SplittableRandom;

/// One life of a link between two homes: side 0 dialled, side 1 accepted. Each side's socket can be
/// open while the other's is gone, as with TCP.
final class Connection {

  static final int DIALLER = 0;
  static final int ACCEPTOR = 1;

  final LinkEnd[] ends;
  final SimProcess[] processes;
  final SplittableRandom[] delays;
  final boolean[] open = {true, true};
  final boolean[] announced = {false, false};

  /// By sending side.
  final long[] lastArrivalNanos = {0, 0};

  final int[] outstanding = {0, 0};
  final long[] sent = {0, 0};
  final long[] delivered = {0, 0};
  final boolean[] silenceTimed = {false, false};

  Connection(LinkEnd dialler, LinkEnd acceptor, SplittableRandom out, SplittableRandom back) {
    ends = new LinkEnd[] {dialler, acceptor};
    processes = new SimProcess[] {dialler.home.process(), acceptor.home.process()};
    delays = new SplittableRandom[] {out, back};
  }

  SimProcess other(int side) {
    return processes[1 - side];
  }
}
