package io.euryale.dashboard;

import io.euryale.kernel.TrafficClass;
import io.euryale.peer.Client;
import io.euryale.peer.StreamHandler;
import io.euryale.peer.Subscription;
import io.euryale.service.stream.Replication;
import io.euryale.service.stream.StreamHop;
import io.euryale.service.stream.StreamPacket;
import io.euryale.service.stream.StreamQos;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Follows packets of the streams that somebody looks at, hop by hop: subscribes to such a stream
/// with a trace until nobody has asked for it for a while. Safe for all threads.
final class TracedWays {

  private static final int MOST_STREAMS = 4;
  private static final long UNASKED_NANOS = 10_000_000_000L;

  private final Client client;
  private final Map<String, Following> followed = new HashMap<>();

  TracedWays(Client client) {
    this.client = client;
  }

  /// Tells of the last packet of the stream that was traced, which may be long ago: its age, how
  /// long it took and its hops, in milliseconds; null while there is none; the sentence `refused`
  /// when the stream cannot be had.
  ///
  /// @throws io.euryale.peer.RefusedException when the subscription is not taken
  synchronized @Nullable Map<String, Object> last(String stream, TrafficClass trafficClass)
      throws InterruptedException {
    long now = System.nanoTime();
    Following following = followed.get(stream);
    if (following == null) {
      if (followed.size() == MOST_STREAMS) {
        return nothing(MOST_STREAMS + " other streams are looked at now: ask again soon.");
      }
      Hops hops = new Hops();
      // The others who want the stream say how it is protected.
      StreamQos traced = StreamQos.of(Replication.NONE).withTrace();
      following =
          new Following(hops, client.subscribe(stream, trafficClass, traced, hops, null), now);
    }
    followed.put(stream, new Following(following.hops(), following.subscription(), now));
    return following.hops().last(now);
  }

  /// Says why nothing is told.
  static Map<String, Object> nothing(String sentence) {
    return Map.of("refused", sentence);
  }

  /// Leaves the streams that nobody looks at any more.
  synchronized void leaveUnasked(long nowNanos) {
    followed
        .values()
        .removeIf(
            each -> {
              boolean unasked = nowNanos - each.askedNanos() > UNASKED_NANOS;
              if (unasked) {
                each.subscription().close();
              }
              return unasked;
            });
  }

  private record Following(Hops hops, Subscription subscription, long askedNanos) {}

  /// Gathers what is told of the packets of one stream.
  static final class Hops implements StreamHandler {

    /// What is told of a packet comes right behind it.
    private static final long SETTLED_NANOS = 250_000_000L;

    private static final int MOST_PACKETS = 16;

    private final Map<Key, Way> ways = new LinkedHashMap<>();
    private @Nullable String refused;

    private record Key(long epoch, long sequence) {}

    private static final class Way {
      final List<StreamHop> hops = new ArrayList<>();
      long arrivedNanos;
      long ageNanos = -1;
    }

    /// What comes is taken by the other method.
    @Override
    public void packet(String stream, long epoch, long sequence, ByteBuffer payload) {}

    @Override
    public synchronized void packet(StreamPacket packet, boolean late, ByteBuffer payload) {
      refused = null; // Not by all, or not any more.
      if (packet.traced()) {
        Way way = of(packet.epoch(), packet.sequence());
        way.ageNanos = packet.ageNanos();
        way.arrivedNanos = System.nanoTime();
      }
    }

    @Override
    public synchronized void hop(StreamHop hop) {
      of(hop.epoch(), hop.sequence()).hops.add(hop);
    }

    @Override
    public synchronized void forbidden(String pattern, String sentence) {
      refused = sentence;
    }

    private Way of(long epoch, long sequence) {
      Key key = new Key(epoch, sequence);
      if (ways.size() >= MOST_PACKETS && !ways.containsKey(key)) {
        ways.remove(ways.keySet().iterator().next());
      }
      return ways.computeIfAbsent(key, _ -> new Way());
    }

    synchronized @Nullable Map<String, Object> last(long nowNanos) {
      if (refused != null) {
        return nothing(refused);
      }
      Way last = null;
      for (Way way : ways.values()) {
        boolean settled = way.ageNanos >= 0 && nowNanos - way.arrivedNanos >= SETTLED_NANOS;
        if (settled && !way.hops.isEmpty()) {
          last = way;
        }
      }
      return last == null ? null : told(last, nowNanos);
    }

    private static Map<String, Object> told(Way way, long nowNanos) {
      List<Map<String, Object>> hops = new ArrayList<>();
      Set<String> told = new HashSet<>();
      way.hops.sort((a, b) -> Long.compare(a.leftNanos(), b.leftNanos()));
      for (StreamHop hop : way.hops) {
        if (told.add(hop.who().value())) { // What was sent again came the first time or later.
          Map<String, Object> each = new LinkedHashMap<>();
          each.put("who", hop.who().value());
          each.put("cameMillis", millis(hop.arrivedNanos()));
          each.put("hereMillis", millis(hop.leftNanos() - hop.arrivedNanos()));
          hops.add(each);
        }
      }
      Map<String, Object> packet = new LinkedHashMap<>();
      packet.put("ageMillis", (nowNanos - way.arrivedNanos) / 1_000_000);
      packet.put("tookMillis", millis(way.ageNanos));
      packet.put("hops", hops);
      return packet;
    }

    private static double millis(long nanos) {
      return Math.round(nanos / 1e4) / 100.0;
    }
  }
}
