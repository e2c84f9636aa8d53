package io.euryale.lighttrain.city;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class CityStreamTest {

  private final CityStream stream = new CityStream(3, CityStream.Kind.COUNTER, "east");
  private final List<byte[]> offered = new ArrayList<>();
  private final List<Consumer<Boolean>> answers = new ArrayList<>();

  CityStreamTest() {
    stream.connect(
        new CityStream.Outlet() {
          @Override
          public boolean isWanted() {
            return true;
          }

          @Override
          public void offer(byte[] packet, Consumer<Boolean> answer) {
            offered.add(packet);
            answers.add(answer);
          }
        });
  }

  @Test
  void one_packet_is_offered_at_a_time_and_the_next_with_the_answer() {
    assertThat(stream.add(1, "a")).isTrue();
    assertThat(stream.add(2, "b")).isTrue();
    stream.flush();
    assertThat(offered).hasSize(1);
    assertThat(stream.taken()).isZero();
    answers.getFirst().accept(true);
    assertThat(offered).hasSize(2);
    assertThat(stream.taken()).isEqualTo(1);
    answers.getLast().accept(true);
    assertThat(stream.owes()).isFalse();
    assertThat(stream.taken()).isEqualTo(2);
  }

  @Test
  void what_is_not_taken_is_offered_again_before_what_came_later() {
    assertThat(stream.add(1, "a")).isTrue();
    assertThat(stream.add(2, "b")).isTrue();
    answers.getFirst().accept(false);
    assertThat(offered).as("not at once").hasSize(1);
    assertThat(stream.owes()).isTrue();
    stream.flush();
    assertThat(offered.getLast()).isSameAs(offered.getFirst());
    assertThat(stream.taken()).isZero();
  }

  @Test
  void there_is_an_end_to_what_waits() {
    for (int i = 0; i < CityStream.MOST_WAITING; i++) {
      assertThat(stream.add(i, "")).isTrue();
    }
    assertThat(stream.add(0, "")).isFalse();
  }
}
