package io.euryale.overlay;

import io.euryale.kernel.Hello;
import io.euryale.kernel.PeerRef;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a member does with each message, and what anybody else may ask of it.
final class MemberMessages {

  /// What it needs from the core around it.
  interface Host {
    OverlayStatus status();

    /// A later life of a name has been admitted.
    void superseded(long nowNanos, PeerRef from, CellMessage.Superseded message);

    /// News, after which the stay may be over.
    void learn(long nowNanos, PeerRef from, RootNews news);
  }

  private final LocalPeer local;
  private final Admission admission;
  private final Discovery discovery;
  private final Host host;

  MemberMessages(LocalPeer local, Discovery discovery, Host host) {
    this.local = local;
    this.discovery = discovery;
    this.host = host;
    admission = new Admission(local);
  }

  /// Messages while this peer is a member.
  void receive(long nowNanos, int link, PeerRef from, CellMessage message, Membership stay) {
    switch (message) {
      case CellMessage.Ping m -> {
        boolean isAnswered = local.detector.pinged(nowNanos, from.id());
        if (!m.isPeriodic() || !isAnswered || !local.links.isUsed(link, from.id())) {
          local.links.reply(link, new CellMessage.Pong(m.sequence(), stay.standing()));
        }
        foundAgain(from, m.standing());
        stay.watch().stands(nowNanos, from, m.standing());
      }
      case CellMessage.Pong m -> {
        stay.doubt().answered(from.id(), m.sequence());
        stay.watch().stands(nowNanos, from, m.standing());
        foundAgain(from, m.standing());
      }
      case CellMessage.View m -> {
        stay.weigh(m.news());
        stay.viewed(nowNanos, from, m.view());
        host.learn(nowNanos, from, m.news());
      }
      case CellMessage.Fenced m -> stay.viewed(nowNanos, from, m.winner());
      case CellMessage.Above m -> stay.above(nowNanos, from, m.view(), m.news());
      case CellMessage.News m -> stay.learn(nowNanos, from, m.news());
      case CellMessage.Probe m -> {
        local.links.reply(link, new CellMessage.Pong(0, stay.standing()));
        stay.weigh(m.news());
        stay.viewed(nowNanos, from, m.view());
        host.learn(nowNanos, from, m.news());
        RootNews news = local.news();
        if (news != null && news.root().term().compareTo(m.news().root().term()) > 0) {
          local.links.reply(link, new CellMessage.News(news));
        }
      }
      case CellMessage.BindingRequest m when !m.joiner().equals(from) ->
          local.reject(Rejection.NOT_ENTITLED, from.id(), m);
      case CellMessage.BindingRequest m ->
          local.links.reply(link, admission.guide(nowNanos, stay, m));
      case CellMessage.Bind m -> local.links.reply(link, Admission.bind(stay, m));
      case CellMessage.ParentRequest m ->
          local.links.reply(link, stay.parentRequest(nowNanos, from, m.cell()));
      case CellMessage.ParentReply m -> stay.parentFound(nowNanos, from, m);
      case CellMessage.Refused m -> stay.ancestry().refused(nowNanos, from.id(), m.refusal());
      case CellMessage.Join m -> admission.relay(nowNanos, stay, m);
      case CellMessage.JoinReply m -> admission.relay(nowNanos, m);
      case CellMessage.Enter m when !m.joiner().equals(from) ->
          local.reject(Rejection.NOT_ENTITLED, from.id(), m);
      case CellMessage.Enter m -> local.links.reply(link, admission.enter(nowNanos, stay, m));
      case CellMessage.Report m ->
          reported(nowNanos, link, from, m, List.of(m.view()), m.hops(), stay);
      case CellMessage.Reports m -> reported(nowNanos, link, from, m, m.views(), m.hops(), stay);
      case CellMessage.Leave m -> {
        local.links.reply(link, new CellMessage.LeaveReply(m.peer()));
        if (m.peer().equals(from.id())) {
          stay.watch().left(nowNanos, from, m.cell());
        } else {
          local.reject(Rejection.NOT_ENTITLED, from.id(), m);
        }
      }
      case CellMessage.OrphanQuery _ -> {
        CellMessage reply = stay.orphanQuery(nowNanos, from);
        if (reply != null) {
          local.links.reply(link, reply);
        }
      }
      case CellMessage.OrphanReply m -> stay.orphanReply(nowNanos, from, m);
      case CellMessage.Superseded m -> host.superseded(nowNanos, from, m);
      case CellMessage.Accusation m -> stay.accused(nowNanos, m);
      case CellMessage.Verdict m -> stay.succession().verdict(nowNanos, from.id(), m);
      case CellMessage.Move m -> stay.moved(nowNanos, from, m);
      case CellMessage.StatusRequest m ->
          local.links.reply(link, Statuses.page(host.status(), m.page()));
      case CellMessage.Adverts m -> discovery.offered(nowNanos, from, m.offers());
      case CellMessage.Find m -> discovery.asked(nowNanos, m);
      case CellMessage.Found m -> discovery.answered(nowNanos, from, m);
      case CellMessage.Mesh _ -> local.links.reply(link, Coordination.refused(Refusal.OTHER_KIND));
      case CellMessage.Redirect _,
          CellMessage.BindingReply _,
          CellMessage.BindReply _,
          CellMessage.LeaveReply _,
          CellMessage.Attach _,
          CellMessage.AttachReply _,
          CellMessage.DrainRequest _,
          CellMessage.DrainReply _,
          CellMessage.EventsRequest _,
          CellMessage.EventsReply _,
          CellMessage.StatusReply _ ->
          local.reject(Rejection.OUT_OF_PLACE, from.id(), message);
    }
  }

  private void reported(
      long nowNanos,
      int link,
      PeerRef from,
      CellMessage message,
      List<CellView> views,
      int hops,
      Membership stay) {
    if (views.stream().anyMatch(view -> view.cell().isRoot())) { // Reports nobody: it is the top.
      local.reject(Rejection.NOT_ENTITLED, from.id(), message);
      return;
    }
    local.links.reply(link, new CellMessage.Pong(0, stay.standing())); // Shows the link lives.
    Coordination duties = stay.coordination();
    if (duties != null) {
      views.forEach(view -> duties.report(nowNanos, view, hops));
      discovery.peersChanged(nowNanos);
    } else if (hops < CellMessage.MAX_ROUTE) {
      stay.up(nowNanos, new CellMessage.Reports(views, hops + 1));
    }
  }

  /// Sensors, clients and observers may only ask.
  void fromOutside(
      long nowNanos, int link, Hello from, CellMessage message, @Nullable Membership stay) {
    RootNews news = local.news();
    boolean attached = stay != null && news != null && stay.isAttached();
    if (message instanceof CellMessage.Attach && stay != null && news != null && attached) {
      List<PeerRef> cell = new ArrayList<>();
      cell.add(local.self);
      cell.addAll(stay.neighbourhood(0).siblings());
      local.links.reply(
          link, new CellMessage.AttachReply(cell, Admission.rootCell(news), stay.spares()));
    } else {
      Outsiders.receive(nowNanos, local, discovery, link, from, message, host::status);
    }
  }

  /// A lost peer that stands in the same overlay again needs no probing.
  private void foundAgain(PeerRef from, @Nullable Standing standing) {
    RootNews news = local.news();
    if (standing != null && news != null && standing.rootTerm().equals(news.root().term())) {
      local.find(from.name());
    }
  }
}
