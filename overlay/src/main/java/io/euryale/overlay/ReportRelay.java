package io.euryale.overlay;

import io.euryale.kernel.PeerId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/// Reports of the cells below a coordinator, on their way up: collected for a moment, less for
/// those that say something new, and told together. So a coordinator gets as many messages as it
/// has cells directly below, and not as many as there are cells. Not thread-safe.
final class ReportRelay {

  /// Members in one message: with the longest names and hosts still well below the frame limit.
  private static final int MOST_MEMBERS = Statuses.PAGE_MEMBERS;

  private record Heard(CellView view, int hops, long atNanos) {}

  private final Supplier<OverlaySettings> settings;

  /// Two views of one cell are both told: the root decides which of them has won.
  private record Source(CellId cell, PeerId coordinator) {}

  private final Map<Source, Heard> heard = new LinkedHashMap<>();
  private final Set<Source> toTell = new LinkedHashSet<>();
  private long tellNanos = Long.MAX_VALUE;

  ReportRelay(Supplier<OverlaySettings> settings) {
    this.settings = settings;
  }

  /// A report of a cell below.
  ///
  /// @param hops how many passed it on
  void take(long nowNanos, CellView view, int hops) {
    if (hops >= CellMessage.MAX_ROUTE) {
      return;
    }
    Source source = new Source(view.cell(), view.coordinator());
    Heard before = heard.remove(source);
    heard.put(source, new Heard(view, hops, nowNanos));
    if (heard.size() > RootDirectory.MAX_CELLS) {
      Source oldest = heard.keySet().iterator().next();
      heard.remove(oldest);
      toTell.remove(oldest);
    }
    boolean news = before == null || !before.view().equals(view);
    toTell.add(source);
    long pause = settings.get().reportPeriod().toNanos() / (news ? 50 : 10);
    tellNanos = Math.min(tellNanos, nowNanos + pause);
  }

  /// Somebody else is above now, and knows nothing: tells what was heard of late.
  void startOver(long nowNanos) {
    long freshNanos = nowNanos - settings.get().reportPeriod().toNanos() * 3 / 2;
    heard.values().removeIf(each -> each.atNanos() < freshNanos);
    toTell.addAll(heard.keySet());
    tellNanos = toTell.isEmpty() ? Long.MAX_VALUE : nowNanos;
  }

  /// When something has to be told, or `Long.MAX_VALUE`.
  long nextDeadline() {
    return tellNanos;
  }

  /// The messages that are due.
  List<CellMessage> due(long nowNanos) {
    if (nowNanos < tellNanos) {
      return List.of();
    }
    tellNanos = Long.MAX_VALUE;
    List<CellMessage> messages = new ArrayList<>();
    List<CellView> views = new ArrayList<>();
    int members = 0;
    int hops = 0;
    for (Source source : toTell) {
      Heard each = heard.get(source);
      if (each == null) {
        continue;
      }
      int size = each.view().members().size();
      if (!views.isEmpty() && members + size > MOST_MEMBERS) {
        messages.add(new CellMessage.Reports(List.copyOf(views), hops));
        views.clear();
        members = 0;
        hops = 0;
      }
      views.add(each.view());
      members += size;
      hops = Math.max(hops, each.hops() + 1);
    }
    toTell.clear();
    if (!views.isEmpty()) {
      messages.add(new CellMessage.Reports(List.copyOf(views), hops));
    }
    return messages;
  }
}
