package io.euryale.overlay;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The parts that [CellCodec]'s messages are made of.
///
/// | part     | fields                                                                      |
/// |----------|-----------------------------------------------------------------------------|
/// | cell     | count u8 (1 to 8), branch u8 each (the first 0, others below 64)            |
/// | term     | number i64 (positive), coordinator id                                       |
/// | view     | cell, term, version i64, members (ref, parent id?)* (256)                   |
/// | news     | root view (of cell 0), sequence i64, level one ref* (256), peers i32        |
/// | standing | cell, term, version i64, parent id?, root term                              |
///
/// Reading never throws: a failed reader gives null or an empty part.
final class CellParts {

  private CellParts() {}

  static WireWriter cell(WireWriter w, CellId cell) {
    w.u8(cell.path().size());
    cell.path().forEach(w::u8);
    return w;
  }

  static CellId cell(WireReader r) {
    int count = r.u8("cell");
    if (count < 1 || count > CellId.MAX_DEPTH) {
      r.fail("a cell has 1 to 8 branches, not " + count);
      return CellId.ROOT;
    }
    List<Integer> path = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int branch = r.u8("branch");
      if (branch >= (i == 0 ? 1 : CellId.MAX_SPAN)) {
        r.fail("branch " + branch + " of a cell is out of range");
      }
      path.add(branch);
    }
    return r.failure() == null ? new CellId(path) : CellId.ROOT;
  }

  static WireWriter term(WireWriter w, Term term) {
    return w.i64(term.number()).peerId(term.coordinator());
  }

  static Term term(WireReader r) {
    long number = r.i64("term");
    if (number <= 0) {
      r.fail("a term is positive, not " + number);
    }
    return new Term(number, r.peerId("coordinator"));
  }

  static WireWriter refs(WireWriter w, List<PeerRef> refs) {
    w.u16(refs.size());
    refs.forEach(w::peerRef);
    return w;
  }

  static List<PeerRef> refs(WireReader r, int max, String field) {
    int count = r.count(max, field);
    List<PeerRef> refs = new ArrayList<>();
    for (int i = 0; i < count && r.failure() == null; i++) {
      refs.add(r.peerRef(field));
    }
    return refs;
  }

  static WireWriter view(WireWriter w, CellView view) {
    term(cell(w, view.cell()), view.term()).i64(view.version()).u16(view.members().size());
    for (CellView.Member member : view.members()) {
      optionalId(w.peerRef(member.peer()), member.parent());
    }
    return w;
  }

  static @Nullable CellView view(WireReader r) {
    CellId cell = cell(r);
    Term term = term(r);
    long version = r.i64("version");
    int count = r.count(CellView.MAX_MEMBERS, "members");
    List<CellView.Member> members = new ArrayList<>();
    for (int i = 0; i < count && r.failure() == null; i++) {
      members.add(new CellView.Member(r.peerRef("member"), optionalId(r)));
    }
    String defect = r.failure() == null ? CellView.defect(term, members) : null;
    if (defect != null) {
      r.fail(defect);
    }
    return r.failure() == null ? new CellView(cell, term, version, members) : null;
  }

  static WireWriter news(WireWriter w, RootNews news) {
    return refs(view(w, news.root()).i64(news.sequence()), news.levelOne()).i32(news.peers());
  }

  static @Nullable RootNews news(WireReader r) {
    CellView root = view(r);
    long sequence = r.i64("sequence");
    List<PeerRef> levelOne = refs(r, RootNews.MAX_LEVEL_ONE, "level one");
    int peers = r.i32("peers");
    if (peers < 0) {
      r.fail("an overlay has no " + peers + " peers");
    }
    if (root != null && !root.cell().isRoot()) {
      r.fail("news of cell " + root.cell() + " instead of the root");
    }
    return root == null || r.failure() != null
        ? null
        : new RootNews(root, sequence, levelOne, peers);
  }

  static WireWriter standing(WireWriter w, @Nullable Standing standing) {
    if (standing == null) {
      return w.u8(0);
    }
    term(cell(w.u8(1), standing.cell()), standing.term()).i64(standing.version());
    optionalId(w, standing.parent());
    return term(w, standing.rootTerm());
  }

  static @Nullable Standing standing(WireReader r) {
    return optional(
        r,
        "standing",
        () -> new Standing(cell(r), term(r), r.i64("version"), optionalId(r), term(r)));
  }

  static void views(WireWriter w, List<CellView> views) {
    w.u16(views.size());
    views.forEach(view -> view(w, view));
  }

  static List<CellView> views(WireReader r) {
    int count = r.count(OverlayStatus.MAX_CELLS, "cells");
    List<CellView> views = new ArrayList<>();
    for (int i = 0; i < count && r.failure() == null; i++) {
      CellView view = view(r);
      if (view != null) {
        views.add(view);
      }
    }
    return views;
  }

  static void optionalCell(WireWriter w, @Nullable CellId cell) {
    if (cell == null) {
      w.u8(0);
    } else {
      cell(w.u8(1), cell);
    }
  }

  static @Nullable CellId optionalCell(WireReader r) {
    return optional(r, "cell", () -> cell(r));
  }

  static void optionalId(WireWriter w, @Nullable PeerId id) {
    if (id == null) {
      w.u8(0);
    } else {
      w.u8(1).peerId(id);
    }
  }

  static @Nullable PeerId optionalId(WireReader r) {
    return optional(r, "peer", () -> r.peerId("peer"));
  }

  static void optionalTerm(WireWriter w, @Nullable Term term) {
    if (term == null) {
      w.u8(0);
    } else {
      term(w.u8(1), term);
    }
  }

  static @Nullable Term optionalTerm(WireReader r) {
    return optional(r, "term", () -> term(r));
  }

  static void optionalRef(WireWriter w, @Nullable PeerRef ref) {
    if (ref == null) {
      w.u8(0);
    } else {
      w.u8(1).peerRef(ref);
    }
  }

  static @Nullable PeerRef optionalRef(WireReader r) {
    return optional(r, "peer", () -> r.peerRef("peer"));
  }

  static void optionalView(WireWriter w, @Nullable CellView view) {
    if (view == null) {
      w.u8(0);
    } else {
      view(w.u8(1), view);
    }
  }

  static @Nullable CellView optionalView(WireReader r) {
    return flag(r, "view") ? view(r) : null;
  }

  private static <T> @Nullable T optional(WireReader r, String field, Supplier<T> read) {
    return flag(r, field) ? read.get() : null;
  }

  private static boolean flag(WireReader r, String field) {
    int flag = r.u8(field);
    if (flag > 1) {
      r.fail(field + " is there (1) or not (0), not " + flag);
    }
    return flag == 1 && r.failure() == null;
  }
}
