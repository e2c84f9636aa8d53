package io.euryale.service.stream;

import io.euryale.kernel.Home;
import io.euryale.kernel.LongMap;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.service.stream.StreamFrames.Message;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The flows that a relay knows, also those of which only packets came so far.
///
/// Owned by the relay's loop.
final class Flows {

  /// The same is asked again after this time.
  static final long ASK_AGAIN_NANOS = 50_000_000L;

  private final StreamSettings settings;
  private final Home home;
  private final PacketStore store;
  private final StreamRules rules;
  private final LongMap<Flow> byId = new LongMap<>();
  private final WireWriter writer = new WireWriter();

  Flows(StreamSettings settings, Home home, PacketStore store, StreamRules rules) {
    this.settings = settings;
    this.home = home;
    this.store = store;
    this.rules = rules;
  }

  @Nullable Flow get(long id) {
    return byId.get(id);
  }

  void forEach(Consumer<? super Flow> action) {
    byId.forEach(action);
  }

  /// Whether there is room for one more.
  ///
  /// @param hearsay whether another peer of the root cell tells of it. Then it is only listed here,
  ///     so half of the room is left for those whose packets come here.
  boolean hasRoom(boolean hearsay) {
    return byId.size() < (hearsay ? settings.flows() / 2 : settings.flows());
  }

  /// One of which something comes; null when too many are known already.
  @Nullable Flow meet(long nowNanos, long id) {
    Flow flow = byId.get(id);
    return flow == null && !hasRoom(false) ? null : meetAny(nowNanos, id);
  }

  /// One of which something comes that no limit refuses.
  Flow meetAny(long nowNanos, long id) {
    Flow flow = byId.get(id);
    if (flow == null) {
      flow = new Flow(id, new Window(settings.windowPackets(), store), rules);
      flow.askedAtNanos = nowNanos - ASK_AGAIN_NANOS - 1;
      flow.heardAtNanos = nowNanos;
      flow.advertisedAtNanos = nowNanos;
      byId.put(id, flow);
    }
    return flow;
  }

  /// Asks who sends packets of a flow what it is, unless that is known.
  void askName(long nowNanos, RemoteLink from, Flow flow) {
    if (flow.advertised == null && nowNanos - flow.askedAtNanos > ASK_AGAIN_NANOS) {
      flow.askedAtNanos = nowNanos;
      home.send(from.id, StreamFrames.encode(writer, new Message.UnknownFlow(flow.id)));
    }
  }

  void forget(Flow flow) {
    byId.remove(flow.id);
  }
}
