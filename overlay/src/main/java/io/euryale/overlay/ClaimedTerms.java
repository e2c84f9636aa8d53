package io.euryale.overlay;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The terms that a message claims to exist. Pure.
final class ClaimedTerms {

  private ClaimedTerms() {}

  static List<Term> of(CellMessage message) {
    List<Term> terms = new ArrayList<>();
    switch (message) {
      case CellMessage.Ping m -> add(terms, m.standing());
      case CellMessage.Pong m -> add(terms, m.standing());
      case CellMessage.BindReply m -> add(terms, m.view());
      case CellMessage.ParentReply m -> add(terms, m.above(), m.news().root());
      case CellMessage.Enter m -> add(terms, m.followed());
      case CellMessage.View m -> add(terms, m.view(), m.news().root());
      case CellMessage.Above m -> add(terms, m.view(), m.news().root());
      case CellMessage.Report m -> add(terms, m.view());
      case CellMessage.Fenced m -> add(terms, m.winner());
      case CellMessage.Probe m -> add(terms, m.view(), m.news().root());
      case CellMessage.News m -> add(terms, m.news().root());
      case CellMessage.OrphanQuery m -> add(terms, m.rootTerm());
      case CellMessage.OrphanReply m -> add(terms, m.news().root());
      case CellMessage.Move m -> add(terms, m.rootTerm());
      case CellMessage.StatusReply m -> {
        add(terms, m.own());
        m.cells().forEach(cell -> add(terms, cell));
      }
      default -> {}
    }
    return terms;
  }

  private static void add(List<Term> terms, @Nullable Term term) {
    if (term != null) {
      terms.add(term);
    }
  }

  private static void add(List<Term> terms, @Nullable CellView... views) {
    for (CellView view : views) {
      add(terms, view == null ? null : view.term());
    }
  }

  private static void add(List<Term> terms, @Nullable Standing standing) {
    if (standing != null) {
      terms.add(standing.term());
      terms.add(standing.rootTerm());
    }
  }
}
