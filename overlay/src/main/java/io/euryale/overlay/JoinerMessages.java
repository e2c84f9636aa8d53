package io.euryale.overlay;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import java.util.List;

/// What a peer does with each message while it is in no cell: before it joins, and once it leaves.
final class JoinerMessages {

  /// What it needs from the core around it.
  interface Host {
    OverlayStatus status();

    /// A later life of a name has been admitted.
    void superseded(long nowNanos, PeerRef from, CellMessage.Superseded message);

    /// Somebody knows that this peer leaves.
    void leaveConfirmed(PeerId peer);
  }

  private final LocalPeer local;
  private final Joiner joiner;
  private final Discovery discovery;
  private final Host host;

  JoinerMessages(LocalPeer local, Joiner joiner, Discovery discovery, Host host) {
    this.local = local;
    this.joiner = joiner;
    this.discovery = discovery;
    this.host = host;
  }

  /// @param phase the peer's
  void receive(long nowNanos, int link, PeerRef from, CellMessage message, Phase phase) {
    switch (message) {
      case CellMessage.Ping m -> local.links.reply(link, new CellMessage.Pong(m.sequence(), null));
      case CellMessage.Redirect m -> joiner.redirected(nowNanos, phase, m.rootCell(), from.id());
      case CellMessage.BindingReply m -> joiner.placed(nowNanos, phase, from, m);
      case CellMessage.Refused m ->
          joiner.refused(nowNanos, phase, from.id(), m.refusal(), m.text());
      case CellMessage.BindReply m -> joiner.bound(nowNanos, phase, from, m);
      case CellMessage.ParentReply m -> joiner.adopted(nowNanos, phase, from, m);
      case CellMessage.JoinReply m when m.joiner().equals(local.self.id()) ->
          joiner.joined(nowNanos, phase, m, from.id());
      case CellMessage.View m -> joiner.viewed(nowNanos, phase, from, m);
      case CellMessage.Probe m -> {
        local.links.reply(link, new CellMessage.Pong(0, null));
        List<PeerRef> root = m.news().root().peers();
        joiner.redirected(nowNanos, phase, root, local.self.id());
      }
      case CellMessage.News m -> local.learn(nowNanos, m.news());
      case CellMessage.Superseded m -> host.superseded(nowNanos, from, m);
      case CellMessage.Leave m -> {
        local.links.reply(link, new CellMessage.LeaveReply(m.peer()));
        joiner.left(nowNanos, phase, from.id());
      }
      case CellMessage.LeaveReply _ -> host.leaveConfirmed(from.id());
      case CellMessage.BindingRequest m -> {
        // Who goes must not look like one more that seeks: others would wait for it to found.
        if (!phase.isOver()) {
          joiner.seeks(nowNanos, from.name());
          local.links.reply(link, Coordination.refused(Refusal.NO_ROOT));
        }
      }
      case CellMessage.Join m -> Admission.answer(nowNanos, local, m, Refusal.NO_ROOT);
      case CellMessage.Bind _, CellMessage.ParentRequest _, CellMessage.Enter _ ->
          local.links.reply(link, Coordination.refused(Refusal.NO_ROOT));
      case CellMessage.Mesh _ -> local.links.reply(link, Coordination.refused(Refusal.OTHER_KIND));
      case CellMessage.Found m -> discovery.answered(nowNanos, from, m);
      case CellMessage.StatusRequest m ->
          local.links.reply(link, Statuses.page(host.status(), m.page()));
      case CellMessage.Pong _,
          CellMessage.JoinReply _,
          CellMessage.Above _,
          CellMessage.Report _,
          CellMessage.Reports _,
          CellMessage.Fenced _,
          CellMessage.OrphanQuery _,
          CellMessage.OrphanReply _,
          CellMessage.Attach _,
          CellMessage.AttachReply _,
          CellMessage.Accusation _,
          CellMessage.Verdict _,
          CellMessage.Move _,
          CellMessage.Adverts _,
          CellMessage.Find _,
          CellMessage.DrainRequest _,
          CellMessage.DrainReply _,
          CellMessage.EventsRequest _,
          CellMessage.EventsReply _,
          CellMessage.StatusReply _ ->
          local.reject(Rejection.OUT_OF_PLACE, from.id(), message);
    }
  }
}
