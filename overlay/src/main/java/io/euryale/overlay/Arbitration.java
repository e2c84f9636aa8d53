package io.euryale.overlay;

import io.euryale.kernel.PeerRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decides, at the coordinator of the cell above, who keeps a cell whose two members lost each
/// other: its coordinator, if that one answers within a request time-out, else the accuser. Not
/// thread-safe.
final class Arbitration {

  private static final int MOST_CASES = 256;

  private record Case(CellMessage.Accusation accusation, long untilNanos) {}

  private final LocalPeer local;
  private final Map<CellId, Case> cases = new LinkedHashMap<>();

  Arbitration(LocalPeer local) {
    this.local = local;
  }

  /// @param here where this peer stands, which may be the accused one's parent
  void accused(long nowNanos, CellMessage.Accusation accusation, Standing here) {
    if (cases.size() < MOST_CASES && !cases.containsKey(accusation.cell())) {
      long until = nowNanos + local.settings().requestTimeout().toNanos();
      cases.put(accusation.cell(), new Case(accusation, until));
      local.send(nowNanos, accusation.accused(), new CellMessage.Ping(0, here));
    }
  }

  /// A peer said where it stands: an accused one lives, in its cell or elsewhere.
  void heard(long nowNanos, PeerRef from, @Nullable Standing standing) {
    for (Case open : List.copyOf(cases.values())) {
      CellMessage.Accusation accusation = open.accusation();
      if (accusation.accused().id().equals(from.id())) {
        boolean stays = standing != null && standing.cell().equals(accusation.cell());
        decide(nowNanos, accusation, stays ? accusation.accused() : accusation.accuser());
      }
    }
  }

  void timerDue(long nowNanos) {
    List<Case> over = new ArrayList<>(cases.values());
    over.removeIf(open -> open.untilNanos() > nowNanos);
    over.forEach(open -> decide(nowNanos, open.accusation(), open.accusation().accuser()));
  }

  long nextDeadline() {
    long next = Long.MAX_VALUE;
    for (Case open : cases.values()) {
      next = Math.min(next, open.untilNanos());
    }
    return next;
  }

  private void decide(long nowNanos, CellMessage.Accusation accusation, PeerRef keeper) {
    cases.remove(accusation.cell());
    local.observe(
        "ARBITRATED",
        "cell",
        accusation.cell().toString(),
        "accuser",
        accusation.accuser().id().toString(),
        "keeper",
        keeper.id().toString());
    local.send(
        nowNanos, accusation.accuser(), new CellMessage.Verdict(accusation.cell(), keeper.id()));
  }
}
