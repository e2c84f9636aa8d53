package io.euryale.group.order;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;

/// What the members that go on together from a regular configuration hold and know of it, joined.
///
/// @param origins by rank
/// @param along ranks whose packets are all in the union, up to the last they sent in the
/// configuration: those that go on together, and those to which one of them is obliged
public record Merged(List<OfOrigin> origins, BitSet along) {

  /// Of one member's packets.
  ///
  /// @param top all packets up to this one are held by one member or another
  /// @param islands packets beyond the first gap that one member or another holds, in order
  /// @param heard every packet with a timestamp up to here is in the union
  /// @param line what that member said of its own line
  public record OfOrigin(long top, List<Range> islands, long heard, long line) {
    public OfOrigin {
      islands = List.copyOf(islands);
    }

    /// Whether a packet is in the union.
    public boolean has(long sequence) {
      return sequence <= top || islands.stream().anyMatch(r -> r.contains(sequence));
    }
  }

  public Merged {
    origins = List.copyOf(origins);
    along = (BitSet) along.clone();
  }

  /// Joins the reports of those who go on together.
  ///
  /// @param reports by rank in the configuration that ended; at least one, all of equal size
  public static Merged of(SortedMap<Integer, Holdings> reports) {
    Holdings any = reports.get(reports.firstKey());
    if (any == null) {
      throw new IllegalArgumentException("Nobody goes on");
    }
    BitSet along = new BitSet();
    for (var report : reports.entrySet()) {
      along.set(report.getKey());
      along.or(report.getValue().obliged());
    }
    List<OfOrigin> origins = new ArrayList<>();
    int left = Holdings.MOST_ISLANDS_TOGETHER;
    for (int rank = 0; rank < any.origins().size(); rank++) {
      OfOrigin joined = join(rank, reports, Math.min(left, Holdings.MOST_ISLANDS));
      left -= joined.islands().size();
      origins.add(joined);
    }
    return new Merged(origins, along);
  }

  private static OfOrigin join(int rank, SortedMap<Integer, Holdings> reports, int most) {
    long heard = 0;
    long line = 0;
    List<Range> pieces = new ArrayList<>();
    for (Holdings report : reports.values()) {
      Holdings.OfOrigin of = report.origins().get(rank);
      heard = Math.max(heard, of.heard());
      line = Math.max(line, of.line());
      if (of.held() > 0) {
        pieces.add(new Range(1, of.held()));
      }
      pieces.addAll(of.islands());
    }
    pieces.sort((a, b) -> Long.compare(a.first(), b.first()));
    long top = 0;
    List<Range> islands = new ArrayList<>();
    for (Range piece : pieces) {
      if (piece.first() <= top + 1) {
        top = Math.max(top, piece.last());
      } else if (!islands.isEmpty() && piece.first() <= islands.getLast().last() + 1) {
        Range before = islands.removeLast();
        islands.add(new Range(before.first(), Math.max(before.last(), piece.last())));
      } else {
        islands.add(piece);
      }
    }
    return new OfOrigin(top, islands.subList(0, Math.min(islands.size(), most)), heard, line);
  }
}
