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
      assertThat(!ClaimedTerms.of(message).isEmpty()).as(message.toString()).isEqualTo(some);
    }
  }

  @Test
  void none_of_several_terms_is_left_out() {
    CellView cell = view(CellId.ROOT.child(1), 12);
    RootNews news = new RootNews(view(CellId.ROOT, 7), 1, List.of(), 2);
    Term root = news.root().term();
    assertThat(ClaimedTerms.of(new CellMessage.View(cell, news)))
        .containsExactly(cell.term(), root);
    Standing standing = new Standing(cell.cell(), root, 1, null, cell.term());
    assertThat(ClaimedTerms.of(new CellMessage.Ping(1, standing)))
        .containsExactly(root, cell.term());
    CellMessage status =
        new CellMessage.StatusReply(0, 1, true, "MEMBER", cell, null, List.of(cell, news.root()));
    assertThat(ClaimedTerms.of(status)).containsExactly(cell.term(), cell.term(), root);
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
