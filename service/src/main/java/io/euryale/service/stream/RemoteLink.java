package io.euryale.service.stream;

import io.euryale.kernel.Hello;
import io.euryale.kernel.LongMap;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.Role;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// One live link of a relay and what was learnt over it.
final class RemoteLink {

  final int id;
  final Hello hello;

  /// Opened by this peer.
  final boolean outbound;

  /// Leads to another member of the cell, or to one of the cell above. Both are asked for every
  /// frame, so [RelayLinks] notes them when the neighbourhood or the links change.
  boolean sibling;

  boolean above;

  /// Subscriptions received over the link: from a client, or from a member of the cell above.
  List<StreamFrames.Subscription> subscriptions = List.of();

  /// For a client: its progress in each flow.
  LongMap<ClientProgress> progress = new LongMap<>();

  /// Not used upwards before this time, because it did not answer.
  long avoidUntilNanos = Long.MIN_VALUE;

  /// What was refused to the other side already, so that it is audited once.
  final Set<String> forbidden = new TreeSet<>();

  /// When the other side was last asked to say what its packets are.
  long askedAtNanos = Long.MIN_VALUE / 2;

  /// When a progress message last came over the link.
  long answeredAtNanos;

  RemoteLink(int id, Hello hello, boolean outbound, long nowNanos) {
    this.id = id;
    this.hello = hello;
    this.outbound = outbound;
    this.answeredAtNanos = nowNanos;
  }

  PeerName name() {
    return hello.self().name();
  }

  Role role() {
    return hello.role();
  }

  // The last subscriptions received, as frame and as message. They come every second and hardly
  // ever say anything new, so they are compared before they are decoded.
  private @Nullable ByteBuffer wishFrame;
  private StreamFrames.Message.@Nullable Subscriptions wish;

  /// What `frame` says, if it is byte for byte the frame of the last [#remember]; else null.
  StreamFrames.Message.@Nullable Subscriptions repeatedWish(ByteBuffer frame) {
    return frame.equals(wishFrame) ? wish : null;
  }

  /// Remembers what `frame` says.
  void remember(ByteBuffer frame, StreamFrames.Message.Subscriptions says) {
    ByteBuffer source = frame.duplicate();
    wishFrame = ByteBuffer.allocate(source.remaining()).put(source).flip();
    wish = says;
  }

  boolean wants(String stream) {
    for (StreamFrames.Subscription subscription : subscriptions) {
      if (StreamNames.matches(subscription.pattern(), stream)) {
        return true;
      }
    }
    return false;
  }

  ClientProgress progress(long flow) {
    ClientProgress known = progress.get(flow);
    if (known == null) {
      known = new ClientProgress();
      progress.put(flow, known);
    }
    return known;
  }

  /// How far one client is in one flow, and whether it wants it.
  static final class ClientProgress {
    long upTo;
    long bits;
    long delivered;

    /// The link's subscriptions were matched against the flow's name since both last changed.
    boolean matched;

    boolean wanted;

    boolean has(long sequence) {
      return StreamFrames.covers(upTo, bits, sequence);
    }
  }
}
