package io.euryale.service.stream;

import io.euryale.kernel.PeerName;
import io.euryale.service.stream.StreamFrames.Message;
import io.euryale.service.stream.StreamFrames.Subscription;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the wishes of clients may take of a relay's memory: in all, and those of one name, since a
/// name may be proved but how many lives it has is for it to say.
///
/// Owned by the relay's loop.
final class WishBudget {

  /// What is known of a client besides, and of a pattern or peer besides its characters, which are
  /// there twice: in the last frame too.
  private static final long CLIENT_BYTES = 1 << 10;

  private static final long PATTERN_BYTES = 128;
  private static final long CHARACTER_BYTES = 2;

  private final long mostBytes;
  private final long mostBytesOfName;
  private final Map<PeerName, Long> usedOfName = new TreeMap<>();
  private long used;

  WishBudget(long mostBytes, long mostBytesOfName) {
    this.mostBytes = mostBytes;
    this.mostBytesOfName = mostBytesOfName;
  }

  /// About what a client takes that says this.
  static long bytes(Message.Subscriptions says) {
    long bytes = CLIENT_BYTES;
    for (PeerName peer : says.attached()) {
      bytes += PATTERN_BYTES + CHARACTER_BYTES * peer.value().length();
    }
    for (Subscription wish : says.entries()) {
      bytes += PATTERN_BYTES + CHARACTER_BYTES * wish.pattern().length();
    }
    return bytes;
  }

  /// The limit that a client would exceed, in a sentence; null when it would exceed none. Who wants
  /// less than before always may.
  @Nullable String limit(PeerName name, long bytesBefore, long bytes) {
    long more = bytes - bytesBefore;
    if (more <= 0) {
      return null;
    }
    if (usedOfName(name) + more > mostBytesOfName) {
      return "a peer keeps at most " + text(mostBytesOfName) + " of what clients of one name want.";
    }
    return used + more > mostBytes
        ? "a peer keeps at most " + text(mostBytes) + " of what all clients want."
        : null;
  }

  private static String text(long bytes) {
    return bytes / 1_024 + " KiB";
  }

  /// A client takes so much more, or less.
  void take(PeerName name, long more) {
    used += more;
    long ofName = usedOfName(name) + more;
    if (ofName == 0) {
      usedOfName.remove(name);
    } else {
      usedOfName.put(name, ofName);
    }
  }

  private long usedOfName(PeerName name) {
    return usedOfName.getOrDefault(name, 0L);
  }
}
