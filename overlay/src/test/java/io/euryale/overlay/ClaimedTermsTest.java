package io.euryale.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClaimedTermsTest {

  private static final Set<Class<?>> WITH_TERMS =
      Set.of(Term.class, CellView.class, RootNews.class, Standing.class);

  /// A message of a later version must not bring its terms in unseen.
  @Test
  void the_terms_of_every_message_that_has_some_are_found() {
    for (CellMessage message : CellMessages.samples().values()) {
      boolean some =
          Arrays.stream(message.getClass().getRecordComponents())
              .anyMatch(part -> WITH_TERMS.contains(part.getType()) && isThere(part, message));
      assertThat(ClaimedTerms.highest(message) > 0).as(message.toString()).isEqualTo(some);
    }
  }

  @Test
  void of_several_terms_the_highest_counts() {
    CellView cell = view(CellId.ROOT.child(1), 12);
    RootNews news = new RootNews(view(CellId.ROOT, 7), 1, List.of(), 2);
    assertThat(ClaimedTerms.highest(new CellMessage.View(cell, news))).isEqualTo(12);
    assertThat(ClaimedTerms.highest(new CellMessage.Above(news.root(), news))).isEqualTo(7);
    Standing standing = new Standing(cell.cell(), news.root().term(), 1, null, cell.term());
    assertThat(ClaimedTerms.highest(new CellMessage.Ping(1, standing))).isEqualTo(12);
    CellMessage status =
        new CellMessage.StatusReply(0, 1, true, "MEMBER", null, null, List.of(cell, news.root()));
    assertThat(ClaimedTerms.highest(status)).isEqualTo(12);
  }

  private static CellView view(CellId cell, long term) {
    CellView.Member anna = new CellView.Member(CellMessages.ref("anna", 1), null);
    return new CellView(cell, new Term(term, anna.id()), 1, List.of(anna));
  }

  private static boolean isThere(RecordComponent part, CellMessage message) {
    try {
      return part.getAccessor().invoke(message) != null;
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
