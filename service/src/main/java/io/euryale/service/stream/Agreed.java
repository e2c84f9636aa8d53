package io.euryale.service.stream;

import io.euryale.group.Configuration;
import io.euryale.group.Delivery;
import io.euryale.group.Service;
import io.euryale.group.Submission;
import io.euryale.kernel.PeerId;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;

/// What the group of the cell hands up to a relay, in one life of the group.
///
/// A packet is *stable*, as far as the hop below is concerned, in one of two ways: the group says
/// that everybody holds it and everything before it; or the configuration ends, and those who go on
/// together, two at least, have delivered the same packets before any of them goes on.
public final class Agreed implements Delivery {

  private final StrongReplicas replicas;
  private final LongConsumer done;
  private final PeerId life;
  final Submission down;

  /// Own packets that have their place and are not known to be stable, in the order of the group.
  private final ArrayDeque<Own> unstable = new ArrayDeque<>();

  /// Members of the present configuration, also of a transitional one.
  private int members;

  /// Whose lives the senders are, so that not every packet makes the name anew.
  private final Map<PeerId, PeerId> peers = new HashMap<>();

  private record Own(long message, long flow, long sequence) {}

  /// @param done told the time after each delivery
  Agreed(StrongReplicas replicas, LongConsumer done, PeerId life, Submission down) {
    this.replicas = replicas;
    this.done = done;
    this.life = life;
    this.down = down;
  }

  @Override
  public void regular(long nowNanos, Configuration installed) {
    if (members > 1) {
      settle(Long.MAX_VALUE);
    }
    unstable.clear();
    peers.clear();
    enter(installed);
    replicas.submitWaiting(true);
    done.accept(nowNanos);
  }

  @Override
  public void transitional(long nowNanos, Configuration installed) {
    enter(installed);
  }

  private void enter(Configuration installed) {
    replicas.enter(installed);
    members = installed.members().size();
  }

  @Override
  public void sent(long nowNanos, long sequence, Service service, ByteBuffer payload) {}

  @Override
  public void message(
      long nowNanos, PeerId sender, long sequence, Service service, ByteBuffer payload) {
    if (StreamFrames.packetFault(payload).isEmpty()) {
      boolean own = sender.equals(life);
      if (own) {
        unstable.add(new Own(sequence, StreamFrames.flow(payload), StreamFrames.sequence(payload)));
      }
      replicas.delivered(nowNanos, peers.computeIfAbsent(sender, GroupLife::peer), own, payload);
      done.accept(nowNanos);
    }
  }

  @Override
  public void stable(long nowNanos, long sequence) {
    settle(sequence);
    done.accept(nowNanos);
  }

  private void settle(long upTo) {
    while (!unstable.isEmpty() && unstable.element().message() <= upTo) {
      Own own = unstable.remove();
      replicas.stable(own.flow(), own.sequence());
    }
  }

  @Override
  public void writable(long nowNanos) {
    replicas.submitWaiting(false);
    done.accept(nowNanos);
  }
}
