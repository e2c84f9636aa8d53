package io.euryale.service.stream;

import io.euryale.service.stream.StreamFrames.Message;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/// One flow on its way to a client's application. The window's base is the next sequence to
/// deliver.
final class Incoming {

  final Message.Advertise advertised;
  final Window window;

  // ---- what subscriptions ask of it, kept by Wishes ----

  /// Subscriptions that were compared with the offer, and those that it does not fit.
  final Set<String> judged = new TreeSet<>();

  Set<String> refusedBy = Set.of();

  /// Subscriptions with a maximum latency that nothing measured could be compared with: the peers
  /// of the root cell tell of the stream one by one, and the first may not be on its path.
  final Set<String> unmeasured = new TreeSet<>();

  /// All subscriptions to it ask for the newest only.
  boolean conflated;

  /// What was last told of the path.
  long pathNanos;

  /// This one and the other lives of the stream.
  final Lives lives;

  /// When a peer last told of it, and since when that was done again and again.
  long saidAtNanos;

  long saidSinceNanos;

  /// Something was delivered.
  boolean begun;

  // ---- its packets, kept by Subscriber, Resequencer and NewestOnly ----

  /// Nothing came but last values from before the subscription.
  boolean onlyKept;

  /// Of a payload that is not delivered in order: the last value, or with conflation.
  final Assembly outOfOrder = new Assembly();

  /// Packets before the one that is handed over that give way to it, with conflation.
  long skipped;

  /// The links that it came over.
  int[] sources = {};

  long heardAtNanos;

  // ---- what is to be said of it, kept by Acknowledgements ----

  /// It is to be acknowledged.
  boolean dirty;

  /// Packets were refused: bytes of one, and the first sequence; 0 bytes when none is waited for.
  int waitsForBytes;

  long waitsFrom;

  /// There is room again since the last acknowledgement.
  boolean roomAgain;

  Incoming(long nowNanos, Message.Advertise advertised, Window window, Lives lives) {
    this.advertised = advertised;
    this.window = window;
    this.lives = lives;
    saidAtNanos = nowNanos;
    saidSinceNanos = nowNanos;
  }

  String stream() {
    return advertised.name();
  }

  /// Whether an advertisement is of this flow, and not of one that has only its identity.
  boolean isOf(Message.Advertise said) {
    return advertised.isOfSameFlow(said);
  }

  void cameOver(int link) {
    for (int source : sources) {
      if (source == link) {
        return;
      }
    }
    int[] more = Arrays.copyOf(sources, sources.length + 1);
    more[sources.length] = link;
    sources = more;
  }

  void linkDown(int gone) {
    sources = Arrays.stream(sources).filter(link -> link != gone).toArray();
  }
}
