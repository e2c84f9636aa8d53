package io.euryale.overlay;

import org.jspecify.annotations.Nullable;

/// The terms that a message claims to exist. Pure.
final class ClaimedTerms {

  private ClaimedTerms() {}

  /// The highest of them, 0 when there is none.
  static long highest(CellMessage message) {
    return switch (message) {
      case CellMessage.Ping m -> of(m.standing());
      case CellMessage.Pong m -> of(m.standing());
      case CellMessage.BindReply m -> of(m.view());
      case CellMessage.ParentReply m -> Math.max(of(m.above()), of(m.news()));
      case CellMessage.Enter m -> of(m.followed());
      case CellMessage.View m -> Math.max(of(m.view()), of(m.news()));
      case CellMessage.Above m -> Math.max(of(m.view()), of(m.news()));
      case CellMessage.Report m -> of(m.view());
      case CellMessage.Fenced m -> of(m.winner());
      case CellMessage.Probe m -> Math.max(of(m.view()), of(m.news()));
      case CellMessage.News m -> of(m.news());
      case CellMessage.OrphanQuery m -> of(m.rootTerm());
      case CellMessage.OrphanReply m -> of(m.news());
      case CellMessage.Move m -> of(m.rootTerm());
      case CellMessage.StatusReply m ->
          Math.max(
              of(m.own()), m.cells().stream().mapToLong(ClaimedTerms::of).max().orElse(0));
      default -> 0;
    };
  }

  private static long of(@Nullable Term term) {
    return term == null ? 0 : term.number();
  }

  private static long of(@Nullable CellView view) {
    return view == null ? 0 : view.term().number();
  }

  private static long of(RootNews news) {
    return of(news.root());
  }

  private static long of(@Nullable Standing standing) {
    return standing == null ? 0 : Math.max(of(standing.term()), of(standing.rootTerm()));
  }
}
