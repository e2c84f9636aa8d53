package io.euryale.overlay;

import io.euryale.kernel.PeerRef;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes statuses, cuts them into pages that fit a frame, and puts the pages together again. Pure.
final class Statuses {

  /// Members on one page: with the longest names and hosts still well below the frame limit.
  static final int PAGE_MEMBERS = 512;

  private Statuses() {}

  static OverlayStatus of(LocalPeer local, Phase phase, @Nullable Membership stay) {
    String label = phase.label();
    if (stay == null) {
      return new OverlayStatus(local.self, label, null, null, List.of(), false);
    }
    Phase.Parent parent = stay.ancestry().parent();
    PeerRef parentRef = parent == null ? null : parent.peer();
    Coordination duties = stay.coordination();
    RootDirectory directory = duties == null ? null : duties.directory();
    if (directory != null) {
      return new OverlayStatus(local.self, label, stay.view(), parentRef, directory.views(), true);
    }
    List<CellView> cells = new ArrayList<>();
    RootNews news = local.news();
    if (news != null && !stay.view().cell().isRoot()) {
      cells.add(news.root());
    }
    if (parent != null && !parent.cell().cell().isRoot()) {
      cells.add(parent.cell());
    }
    cells.add(stay.view());
    return new OverlayStatus(local.self, label, stay.view(), parentRef, cells, false);
  }

  /// What somebody is shown who may not see more. It counts as complete: nobody else shows more.
  static OverlayStatus forbidden(LocalPeer local) {
    return new OverlayStatus(local.self, OverlayStatus.FORBIDDEN, null, null, List.of(), true);
  }

  static CellMessage page(OverlayStatus status, int page) {
    List<List<CellView>> pages = pages(status.cells());
    int index = Math.min(page, pages.size() - 1);
    return new CellMessage.StatusReply(
        index,
        pages.size(),
        status.complete(),
        status.phase(),
        status.own(),
        status.parent(),
        pages.get(index));
  }

  private static List<List<CellView>> pages(List<CellView> cells) {
    List<List<CellView>> pages = new ArrayList<>();
    List<CellView> page = new ArrayList<>();
    int members = 0;
    for (CellView cell : cells) {
      if (!page.isEmpty() && members + cell.members().size() > PAGE_MEMBERS) {
        pages.add(page);
        page = new ArrayList<>();
        members = 0;
      }
      page.add(cell);
      members += cell.members().size();
    }
    pages.add(page);
    return pages;
  }
}
