package io.euryale.peer;

import io.euryale.kernel.TrafficClass;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A wish for streams, as long as it is not [closed][#close]. Safe to share between threads.
public final class Subscription implements AutoCloseable {

  private final String pattern;
  private final TrafficClass trafficClass;
  private final SubscriberHost host;
  private final StreamHandler handler;
  private final @Nullable Mailbox mailbox;
  private volatile boolean closed;

  /// Of the loop.
  private boolean isForbidden;

  Subscription(
      String pattern,
      TrafficClass trafficClass,
      SubscriberHost host,
      StreamHandler handler,
      @Nullable Mailbox mailbox) {
    this.pattern = pattern;
    this.trafficClass = trafficClass;
    this.host = host;
    this.handler = handler;
    this.mailbox = mailbox;
  }

  /// The streams wanted: a name in which `*` stands for any characters and `?` for one.
  public String pattern() {
    return pattern;
  }

  /// The traffic class of the streams wanted.
  public TrafficClass trafficClass() {
    return trafficClass;
  }

  /// Takes the wish back. The handler is not called any more, but for packets that its executor
  /// was already given.
  @Override
  public void close() {
    closed = true;
    if (mailbox != null) {
      mailbox.close();
    }
    boolean _ = host.home.execute(now -> host.unsubscribe(now, this));
  }

  // ---------------------------------------------------------------- on the loop

  void packet(String stream, long epoch, long sequence, ByteBuffer payload) {
    if (closed) {
      return;
    }
    if (mailbox == null) {
      handler.packet(stream, epoch, sequence, payload.duplicate());
    } else {
      ByteBuffer kept = ByteBuffer.allocate(payload.remaining()).put(payload.duplicate()).flip();
      mailbox.put(() -> handler.packet(stream, epoch, sequence, kept));
    }
  }

  void forbidden(String sentence) {
    if (closed || isForbidden) {
      return;
    }
    isForbidden = true;
    if (mailbox == null) {
      handler.forbidden(pattern, sentence);
    } else {
      mailbox.put(() -> handler.forbidden(pattern, sentence));
    }
  }

  void gap(String stream, long epoch, long from, long to) {
    if (closed) {
      return;
    }
    if (mailbox == null) {
      handler.gap(stream, epoch, from, to);
    } else {
      mailbox.put(() -> handler.gap(stream, epoch, from, to));
    }
  }
}
