package io.euryale.overlay;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who offers what, as far as it is known here. Bounded: whoever tells of more than there is room
/// for must harm nobody but itself. So when all is full, the peer that told most loses what it told
/// longest ago, and what this peer offers itself always stays: nobody else would tell it again.
///
/// Each life of a peer is one owner. So what is told of a life that is not there takes the place of
/// nothing that the other offers.
final class KnownOffers {

  /// Most lives of peers whose offers are remembered.
  static final int MAX_OWNERS = 16_384;

  /// Most adverts remembered.
  static final int MAX_ADVERTS = 131_072;

  /// What a peer offers.
  ///
  /// @param teller from whom it came: a peer speaks for all that are below it
  record Known(PeerRef owner, List<Advert> adverts, long bornNanos, PeerName teller) {}

  /// What came from one peer, the oldest first.
  private static final class Told {
    final Set<PeerId> owners = new LinkedHashSet<>();
    int adverts;
  }

  private final PeerId self;
  private final Map<PeerId, Known> known = new LinkedHashMap<>();
  private final Map<PeerName, Told> told = new LinkedHashMap<>();
  private int adverts;

  KnownOffers(PeerId self) {
    this.self = self;
  }

  @Nullable Known of(PeerId owner) {
    return known.get(owner);
  }

  Collection<Known> all() {
    return Collections.unmodifiableCollection(known.values());
  }

  Set<PeerId> owners() {
    return Collections.unmodifiableSet(known.keySet());
  }

  int size() {
    return known.size();
  }

  /// Remembers this in place of what was known of its owner.
  ///
  /// @return whose offers had to go for it; it may be among them
  List<PeerId> put(Known next) {
    PeerId owner = next.owner().id();
    remove(owner);
    known.put(owner, next);
    adverts += next.adverts().size();
    if (!owner.equals(self)) {
      Told of = told.computeIfAbsent(next.teller(), _ -> new Told());
      of.owners.add(owner);
      of.adverts += next.adverts().size();
    }
    List<PeerId> gone = new ArrayList<>();
    while (known.size() > MAX_OWNERS || adverts > MAX_ADVERTS) {
      PeerId oldest = most(adverts > MAX_ADVERTS).owners.iterator().next();
      remove(oldest);
      gone.add(oldest);
    }
    return gone;
  }

  private Told most(boolean ofAdverts) {
    Comparator<Told> byUse =
        Comparator.comparingInt(each -> ofAdverts ? each.adverts : each.owners.size());
    return Collections.max(told.values(), byUse);
  }

  void remove(PeerId owner) {
    Known before = known.remove(owner);
    if (before == null) {
      return;
    }
    adverts -= before.adverts().size();
    Told of = told.get(before.teller());
    if (of != null && of.owners.remove(owner)) {
      of.adverts -= before.adverts().size();
      if (of.owners.isEmpty()) {
        told.remove(before.teller());
      }
    }
  }
}
