package io.euryale.overlay;

import io.euryale.kernel.settings.Setting;
import java.time.Duration;
import java.util.List;

/// How an overlay of cells is built and watched. All peers of one overlay use the same settings;
/// tree settings matter at the root coordinator only.
public record OverlaySettings(
    @Setting(
            about =
                "How peers are placed: `cells` is a tree for any number of peers, `mesh` puts up to 32"
                    + " peers beside each other. Of the other settings a mesh uses pings, suspicions,"
                    + " probes and time-outs.",
            byDefault = "cells")
        OverlayKind kind,
    @Setting(
            about = "Levels of the tree of cells; fewer shorten paths, more hold more peers.",
            byDefault = "3",
            min = "1",
            max = "8")
        int depth,
    @Setting(
            about = "Child cells of a cell; more make the tree wide and load each cell more.",
            byDefault = "2",
            min = "1",
            max = "64")
        int span,
    @Setting(
            about =
                "Peers per cell for each level from the root down, 1 to 256 each; the last value"
                    + " repeats. One peer per cell leaves its data without a second copy.",
            byDefault = "[2, 2, 2]")
        List<Integer> peersPerCell,
    @Setting(
            about =
                "Time between two pings on a control link; shorter finds silent failures sooner"
                    + " and costs traffic.",
            byDefault = "250ms",
            min = "10ms",
            max = "10s")
        Duration pingPeriod,
    @Setting(
            about =
                "Shortest silence that makes a peer suspected, however regular it was; at least"
                    + " two ping periods. Too short expels peers that only paused.",
            byDefault = "750ms",
            min = "20ms",
            max = "60s")
        Duration suspicionMin,
    @Setting(
            about = "Longest silence that is tolerated, however irregular a peer was.",
            byDefault = "5s",
            min = "50ms",
            max = "120s")
        Duration suspicionMax,
    @Setting(
            about =
                "How long a peer whose link broke has to be heard again before it is suspected.",
            byDefault = "150ms",
            min = "5ms",
            max = "10s")
        Duration confirmTimeout,
    @Setting(
            about = "First time-out of a request while joining; it doubles with each repetition.",
            byDefault = "250ms",
            min = "10ms",
            max = "10s")
        Duration requestTimeout,
    @Setting(
            about = "Times a request is sent before the peer starts joining anew elsewhere.",
            byDefault = "5",
            min = "1",
            max = "20")
        int requestAttempts,
    @Setting(
            about = "Pause before a peer asks again after a refusal that an operator has to solve.",
            byDefault = "2s",
            min = "100ms",
            max = "5m")
        Duration refusedRetry,
    @Setting(
            about =
                "Time between two reports of an unchanged cell to the root, and between two news"
                    + " of the root to everybody.",
            byDefault = "500ms",
            min = "50ms",
            max = "30s")
        Duration reportPeriod,
    @Setting(
            about =
                "Time between two probes for lost members and contacts; decides how soon the"
                    + " halves of a healed network find each other.",
            byDefault = "2s",
            min = "100ms",
            max = "5m")
        Duration probePeriod,
    @Setting(
            about =
                "How long peers that lost the root cell, and are too few to be sure, look for it"
                    + " before one of them founds a new one.",
            byDefault = "3s",
            min = "200ms",
            max = "10m")
        Duration orphanPatience,
    @Setting(
            about =
                "Longest time without news of the root, per level, before a peer looks for"
                    + " another way to it; at least four report periods.",
            byDefault = "5s",
            min = "200ms",
            max = "10m")
        Duration rootSilence,
    @Setting(
            about = "Longest time a leaving peer waits for confirmations.",
            byDefault = "1s",
            min = "0ms",
            max = "1m")
        Duration leaveTimeout,
    @Setting(
            about =
                "Peers per cell below which it is filled up from deeper cells, or dissolved when"
                    + " it is the deepest; more than a level's peersPerCell means all of them.",
            byDefault = "2",
            min = "1",
            max = "256")
        int smallestCell,
    @Setting(
            about =
                "Longest time a reorganisation may take before it is reported as a broken promise,"
                    + " and a member may lag behind its cell before it is shunned.",
            byDefault = "1s",
            min = "100ms",
            max = "1m")
        Duration reorganisationTimeout,
    @Setting(
            about =
                "How long peers that were never members look for a root together before the first"
                    + " of them founds one in the founder's place; one that hears nobody at all"
                    + " waits three times as long.",
            byDefault = "10s",
            min = "1s",
            max = "1h")
        Duration foundingPatience) {

  public OverlaySettings {
    peersPerCell = List.copyOf(peersPerCell);
    if (depth < 1 || depth > CellId.MAX_DEPTH || span < 1 || span > CellId.MAX_SPAN) {
      throw new IllegalArgumentException("overlay.depth is 1 to 8 and overlay.span is 1 to 64");
    }
    if (peersPerCell.isEmpty()
        || peersPerCell.stream().anyMatch(peers -> peers < 1 || peers > CellView.MAX_MEMBERS)) {
      throw new IllegalArgumentException(
          "overlay.peersPerCell is a list of at least one number, each 1 to 256");
    }
    if (suspicionMin.compareTo(pingPeriod.multipliedBy(2)) < 0) {
      throw new IllegalArgumentException(
          "overlay.suspicionMin is at least two overlay.pingPeriod: raise it or ping more often");
    }
    if (suspicionMax.compareTo(suspicionMin) < 0) {
      throw new IllegalArgumentException(
          "overlay.suspicionMax is at least overlay.suspicionMin: raise it");
    }
    if (smallestCell < 1 || smallestCell > CellView.MAX_MEMBERS) {
      throw new IllegalArgumentException("overlay.smallestCell is 1 to 256");
    }
    if (rootSilence.compareTo(reportPeriod.multipliedBy(4)) < 0) {
      throw new IllegalArgumentException(
          "overlay.rootSilence is at least four overlay.reportPeriod: raise it");
    }
  }

  public static OverlaySettings defaults() {
    return new OverlaySettings(
        OverlayKind.CELLS,
        3,
        2,
        List.of(2, 2, 2),
        Duration.ofMillis(250),
        Duration.ofMillis(750),
        Duration.ofSeconds(5),
        Duration.ofMillis(150),
        Duration.ofMillis(250),
        5,
        Duration.ofSeconds(2),
        Duration.ofMillis(500),
        Duration.ofSeconds(2),
        Duration.ofSeconds(3),
        Duration.ofSeconds(5),
        Duration.ofSeconds(1),
        2,
        Duration.ofSeconds(1),
        Duration.ofSeconds(10));
  }

  /// The defaults with another shape of the tree.
  public static OverlaySettings shaped(int depth, int span, List<Integer> peersPerCell) {
    OverlaySettings d = defaults();
    return new OverlaySettings(
        d.kind,
        depth,
        span,
        peersPerCell,
        d.pingPeriod,
        d.suspicionMin,
        d.suspicionMax,
        d.confirmTimeout,
        d.requestTimeout,
        d.requestAttempts,
        d.refusedRetry,
        d.reportPeriod,
        d.probePeriod,
        d.orphanPatience,
        d.rootSilence,
        d.leaveTimeout,
        d.smallestCell,
        d.reorganisationTimeout,
        d.foundingPatience);
  }

  /// The same settings with another [#foundingPatience].
  public OverlaySettings withFoundingPatience(Duration patience) {
    return changed(kind, peersPerCell, pingPeriod, patience);
  }

  /// The same settings for another kind of overlay.
  public OverlaySettings withKind(OverlayKind other) {
    return changed(other, peersPerCell, pingPeriod, foundingPatience);
  }

  /// The same settings with other sizes of cells.
  public OverlaySettings withPeersPerCell(List<Integer> sizes) {
    return changed(kind, sizes, pingPeriod, foundingPatience);
  }

  /// The same settings with another [#pingPeriod].
  public OverlaySettings withPingPeriod(Duration period) {
    return changed(kind, peersPerCell, period, foundingPatience);
  }

  private OverlaySettings changed(
      OverlayKind newKind, List<Integer> sizes, Duration newPing, Duration newFounding) {
    return new OverlaySettings(
        newKind,
        depth,
        span,
        sizes,
        newPing,
        suspicionMin,
        suspicionMax,
        confirmTimeout,
        requestTimeout,
        requestAttempts,
        refusedRetry,
        reportPeriod,
        probePeriod,
        orphanPatience,
        rootSilence,
        leaveTimeout,
        smallestCell,
        reorganisationTimeout,
        newFounding);
  }

  /// Most peers in a cell of this level.
  public int capacity(int level) {
    return peersPerCell.get(Math.min(level, peersPerCell.size() - 1));
  }

  /// Fewest peers that a cell of this level should have.
  public int fewest(int level) {
    return Math.min(smallestCell, capacity(level));
  }
}
