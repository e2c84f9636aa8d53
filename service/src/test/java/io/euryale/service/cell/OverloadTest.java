package io.euryale.service.cell;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.TrafficClass;
import io.euryale.service.stream.Shed;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class OverloadTest {

  private final Overload overload = new Overload();

  private List<String> look(int times, TrafficClass... overloaded) {
    EnumSet<TrafficClass> late = EnumSet.noneOf(TrafficClass.class);
    late.addAll(List.of(overloaded));
    List<String> seen = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      boolean changed = overload.review(late);
      seen.add(
          overload.of(TrafficClass.NORMAL)
              + " "
              + overload.of(TrafficClass.CRITICAL)
              + (changed ? "" : " still"));
      assertThat(overload.of(TrafficClass.ALARM)).isEqualTo(Shed.NOTHING);
      assertThat(overload.of(TrafficClass.CONTROL)).isEqualTo(Shed.NOTHING);
    }
    return seen;
  }

  @Test
  void classNormalGoesFirstAndBestEffortBeforeTheRest() {
    assertThat(look(5, TrafficClass.ALARM))
        .containsExactly(
            "BEST_EFFORT NOTHING", "ALL NOTHING", "ALL BEST_EFFORT", "ALL ALL", "ALL ALL still");
  }

  @Test
  void itComesBackInTheOtherOrder() {
    assertThat(look(4, TrafficClass.CRITICAL)).last().isEqualTo("ALL ALL");
    assertThat(look(5))
        .containsExactly(
            "ALL BEST_EFFORT",
            "ALL NOTHING",
            "BEST_EFFORT NOTHING",
            "NOTHING NOTHING",
            "NOTHING NOTHING still");
  }

  @Test
  void anOverloadOfClassNormalDoesNotTouchClassCritical() {
    assertThat(look(3, TrafficClass.NORMAL))
        .containsExactly("BEST_EFFORT NOTHING", "ALL NOTHING", "ALL NOTHING still");
    assertThat(look(2, TrafficClass.NORMAL, TrafficClass.CRITICAL)).last().isEqualTo("ALL ALL");
    assertThat(look(2, TrafficClass.NORMAL)).containsExactly("ALL BEST_EFFORT", "ALL NOTHING");
  }

  @Test
  void withoutOverloadNothingIsShed() {
    assertThat(look(2)).containsOnly("NOTHING NOTHING still");
  }
}
