package io.euryale.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {

  @ParameterizedTest
  @CsvSource({
    "line-a/door, line-a/door, true",
    "line-a/door, line-a/doors, false",
    "line-?/*, line-b/door-7, true",
    "line-?/*, line-bb/door, false",
    "*, anything, true",
    "*door*, line-a/door/open, true",
    "*a*b*c, xxaybzc, true",
    "*a*b*c, xxaybz, false",
    "a**, a, true",
    "?, '', false"
  })
  void stars_stand_for_any_and_question_marks_for_one(
      String pattern, String name, boolean matches) {
    assertThat(Query.all(Resource.STREAM, pattern).matches(name, 0)).isEqualTo(matches);
  }

  @ParameterizedTest
  @ValueSource(longs = {99, 100, 101})
  void what_is_smaller_than_asked_for_does_not_match(long value) {
    Query query = new Query(Resource.CAPACITY, "*", 100, 1);
    assertThat(query.matches("a", value)).isEqualTo(value >= 100);
  }

  @ParameterizedTest
  @CsvSource({"'', 1", "a, 0"})
  void a_query_without_pattern_or_wish_is_none(String pattern, int wanted) {
    assertThatThrownBy(() -> new Query(Resource.PEER, pattern, 0, wanted))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
