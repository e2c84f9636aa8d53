package io.euryale.group.named;

import io.euryale.group.Configuration;
import io.euryale.group.named.GroupFrame.Entry;
import io.euryale.group.named.GroupFrame.Memberships;
import io.euryale.kernel.PeerId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the peers of a new configuration have told of their memberships so far. It is complete when
/// the last part of the last peer was delivered, which is the same place of the order everywhere.
final class Exchange {

  private final Configuration configuration;
  private final LinkedHashMap<PeerId, List<Entry>> told = new LinkedHashMap<>();
  private final TreeMap<PeerId, Long> tables = new TreeMap<>();

  Exchange(Configuration configuration) {
    this.configuration = configuration;
  }

  /// Takes a part of what a peer tells.
  ///
  /// @return whether this completes the exchange
  boolean add(PeerId peer, Memberships part, GroupRules rules) {
    if (configuration.rank(peer) < 0 || tables.containsKey(peer)) {
      return false;
    }
    told.computeIfAbsent(peer, _ -> new ArrayList<>()).addAll(part.entries());
    if (part.isLast()) {
      tables.put(peer, part.tables());
    }
    int needed = configuration.members().size();
    if (!rules.awaitsAll() && needed > 1) {
      needed--;
    }
    return part.isLast() && tables.size() == needed;
  }

  /// The memberships of a peer.
  List<Entry> entries(PeerId peer) {
    return told.getOrDefault(peer, List.of());
  }

  /// The peers whose tables are not those of most members, or on a tie not those of the member that
  /// comes first.
  List<PeerId> outsiders() {
    Map<Long, Integer> counts = new LinkedHashMap<>();
    for (PeerId peer : configuration.members()) {
      Long table = tables.get(peer);
      if (table != null) {
        counts.merge(table, 1, Integer::sum);
      }
    }
    @Nullable Long most = null;
    int best = 0;
    for (Map.Entry<Long, Integer> entry : counts.entrySet()) {
      if (entry.getValue() > best) {
        best = entry.getValue();
        most = entry.getKey();
      }
    }
    Long reference = most;
    return configuration.members().stream()
        .filter(peer -> tables.containsKey(peer) && !tables.get(peer).equals(reference))
        .toList();
  }
}
