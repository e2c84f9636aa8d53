package io.euryale.overlay;

import io.euryale.kernel.PeerRef;
import java.util.List;

/// All that one peer offers, as of a time.
///
/// @param ageMillis how old this knowledge is; grows on its way up
record Offer(PeerRef owner, long ageMillis, List<Advert> adverts) {

  /// Most offers of one message.
  static final int MAX_OFFERS = 256;

  Offer {
    adverts = List.copyOf(adverts);
  }
}
