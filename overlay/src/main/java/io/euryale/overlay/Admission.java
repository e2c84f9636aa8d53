package io.euryale.overlay;

import io.euryale.kernel.PeerRef;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a member does for peers that join [0 §III.a]: shows the way to the root, relays joins and
/// their answers, and lets validated joiners into its cell. Keeps no state of its own: a join
/// carries its route.
final class Admission {

  private final LocalPeer local;

  Admission(LocalPeer local) {
    this.local = local;
  }

  /// Answers who looks for the root: with a place at the root coordinator, with the way elsewhere.
  CellMessage guide(long nowNanos, Membership stay, CellMessage.BindingRequest request) {
    RootNews news = local.news();
    Coordination duties = stay.coordination();
    if (duties != null && duties.directory() != null) {
      return duties.place(nowNanos, request.joiner(), request.former());
    }
    return news == null || !stay.isAttached()
        ? Coordination.refused(Refusal.NO_ROOT)
        : new CellMessage.Redirect(rootCell(news));
  }

  /// The root cell, its coordinator first.
  static List<PeerRef> rootCell(RootNews news) {
    List<PeerRef> cell = new ArrayList<>();
    cell.add(news.root().coordinatorRef());
    news.root().peers().stream().filter(peer -> !cell.contains(peer)).forEach(cell::add);
    return cell;
  }

  /// Passes a join on towards the root coordinator, which validates it.
  void relay(long nowNanos, Membership stay, CellMessage.Join join) {
    Coordination duties = stay.coordination();
    if (duties != null && duties.directory() != null) {
      answer(nowNanos, local, join, duties.validate(nowNanos, join));
    } else if (!stay.isAttached()) {
      answer(nowNanos, local, join, Refusal.NO_ROOT);
    } else if (join.route().size() < CellMessage.MAX_ROUTE) {
      List<PeerRef> route = new ArrayList<>(join.route());
      route.add(local.self);
      stay.up(nowNanos, new CellMessage.Join(join.joiner(), join.cell(), join.founds(), route));
    }
  }

  /// Answers a join here, where it goes no further: as the root coordinator, or because there is no
  /// way on.
  static void answer(
      long nowNanos, LocalPeer local, CellMessage.Join join, @Nullable Refusal refusal) {
    List<PeerRef> route = join.route();
    if (!route.isEmpty()) {
      local.send(
          nowNanos, route.getLast(), new CellMessage.JoinReply(join.joiner().id(), refusal, route));
    }
  }

  /// Passes the answer back along the route of the join.
  void relay(long nowNanos, CellMessage.JoinReply reply) {
    List<PeerRef> route = reply.route();
    if (route.size() > 1 && route.getLast().id().equals(local.self.id())) {
      List<PeerRef> rest = route.subList(0, route.size() - 1);
      local.send(
          nowNanos,
          rest.getLast(),
          new CellMessage.JoinReply(reply.joiner(), reply.refusal(), rest));
    }
  }

  /// Answers a peer that was given a place in this cell.
  static CellMessage bind(Membership stay, CellMessage.Bind bind) {
    return bind.cell().equals(stay.view().cell())
        ? new CellMessage.BindReply(stay.view())
        : Coordination.refused(Refusal.NOT_IN_CELL);
  }

  /// Lets a validated joiner in, at the coordinator.
  CellMessage enter(long nowNanos, Membership stay, CellMessage.Enter enter) {
    Coordination duties = stay.coordination();
    RootNews news = local.news();
    if (duties == null || news == null || !enter.cell().equals(stay.view().cell())) {
      return Coordination.refused(Refusal.NOT_IN_CELL);
    }
    Refusal refusal = duties.enter(nowNanos, enter);
    return refusal == null
        ? new CellMessage.View(stay.view(), news)
        : Coordination.refused(refusal);
  }
}
