package io.euryale.group.order;

import io.euryale.group.Service;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// The end of a regular configuration at one member: gets the union, then delivers it.
///
/// What is delivered depends on the merged knowledge and the union only, never on what this member
/// alone happens to know: all members that go on together deliver the same.
final class Recovery {

  private final History history;
  private final Repairs repairs;
  private final Merged merged;
  private final boolean[] together;
  private final boolean[] along;
  private final OrderRules rules;

  Recovery(History history, Repairs repairs, Merged merged, BitSet together, OrderRules rules) {
    this.history = history;
    this.repairs = repairs;
    this.merged = merged;
    this.rules = rules;
    this.together = bits(together, history.size());
    along = bits(rules.isObliged() ? merged.along() : together, history.size());
  }

  private static boolean[] bits(BitSet set, int size) {
    boolean[] bits = new boolean[size];
    for (int i = 0; i < size; i++) {
      bits[i] = set.get(i);
    }
    return bits;
  }

  /// Asks for everything that is missing, at once.
  void begin(long now) {
    repairs.restart();
    askAll(now);
  }

  /// Asks again for what is still missing.
  void due(long now) {
    askAll(now);
  }

  private void askAll(long now) {
    repairs.pause();
    for (Origin origin : history.origins) {
      repairs.search(now, origin, missing(origin, PacketCodec.MOST_RANGES), together);
    }
  }

  /// Keeps asking only while something is missing.
  void review(long now) {
    if (isComplete()) {
      repairs.pause();
    }
  }

  /// Whether a packet is in the union and not here.
  boolean needs(Packet packet) {
    return rules.joinsHoldings()
        && merged.origins().get(packet.origin).has(packet.sequence)
        && !history.origins[packet.origin].has(packet.sequence);
  }

  /// Whether the union can be one of this configuration: a union that no members can hold would be
  /// waited for in vain, and searched for long.
  boolean isSound() {
    if (merged.origins().size() != history.size() || merged.along().length() > history.size()) {
      return false;
    }
    for (Origin origin : history.origins) {
      Merged.OfOrigin union = merged.origins().get(origin.rank);
      if (union.top() > origin.furthest()
          || union.islands().stream().anyMatch(island -> island.last() > origin.furthest())) {
        return false;
      }
    }
    return true;
  }

  boolean isComplete() {
    if (!rules.joinsHoldings()) {
      return true;
    }
    for (Origin origin : history.origins) {
      Merged.OfOrigin union = merged.origins().get(origin.rank);
      if (union.top() > origin.held()) {
        return false;
      }
      for (Range island : union.islands()) {
        for (long s = Math.max(island.first(), origin.held() + 1); s <= island.last(); s++) {
          if (!origin.has(s)) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private List<Range> missing(Origin origin, int most) {
    List<Range> missing = new ArrayList<>();
    if (!rules.joinsHoldings()) {
      return missing;
    }
    Merged.OfOrigin union = merged.origins().get(origin.rank);
    if (union.top() > origin.held()) {
      gaps(origin, new Range(origin.held() + 1, union.top()), missing, most);
    }
    for (Range island : union.islands()) {
      gaps(origin, island, missing, most);
    }
    return missing;
  }

  private static void gaps(Origin origin, Range within, List<Range> gaps, int most) {
    long s = within.first();
    while (s <= within.last() && gaps.size() < most) {
      if (origin.has(s)) {
        s++;
        continue;
      }
      long from = s;
      while (s <= within.last() && !origin.has(s)) {
        s++;
      }
      gaps.add(new Range(from, s - 1));
    }
  }

  /// From here on this member is obliged to the union: what it knows by the merge is its own
  /// knowledge now, and it goes into every later report of this configuration.
  void adopt(BitSet obliged) {
    for (Origin origin : history.origins) {
      Merged.OfOrigin union = merged.origins().get(origin.rank);
      if (rules.deliversByMergedKnowledge()) {
        origin.hearUpTo(union.heard());
      }
      origin.reportLine(union.line());
    }
    obliged.or(merged.along());
  }

  void regular(long now, Handover handover) {
    if (!rules.deliversRecovered()) {
      return;
    }
    long line = Long.MAX_VALUE;
    long stableLine = Long.MAX_VALUE;
    for (Origin origin : history.origins) {
      line = Math.min(line, heard(origin));
      stableLine = Math.min(stableLine, merged.origins().get(origin.rank).line());
    }
    for (Origin origin : history.origins) {
      for (long s = Math.max(origin.next, origin.discarded() + 1); s <= origin.top(); s++) {
        Packet packet = origin.get(s);
        if (packet != null && packet.service == Service.RELIABLE) {
          handover.reliable(now, packet);
        }
      }
    }
    handover.regular(now, line, stableLine);
  }

  void transitional(long now, Handover handover) {
    if (!rules.deliversRecovered()) {
      return;
    }
    long strangersLine = Long.MAX_VALUE;
    for (Origin origin : history.origins) {
      strangersLine = Math.min(strangersLine, heard(origin));
    }
    handover.transitional(now, along, strangersLine);
  }

  /// Up to which timestamp every packet of a member is in the union. Members that came along have
  /// fallen silent before they reported: nothing of them is missing, ever.
  private long heard(Origin origin) {
    if (!rules.deliversByMergedKnowledge()) {
      return origin.heard();
    }
    if (along[origin.rank]) {
      return Long.MAX_VALUE;
    }
    Merged.OfOrigin union = merged.origins().get(origin.rank);
    Packet last = origin.get(union.top());
    return last == null ? union.heard() : Math.max(union.heard(), last.time);
  }
}
