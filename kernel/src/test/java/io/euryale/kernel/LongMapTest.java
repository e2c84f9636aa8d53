package io.euryale.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongMapTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void behavesLikeAHashMapUnderRandomChanges(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    LongMap<String> map = new LongMap<>();
    Map<Long, String> oracle = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      // A small range of keys makes collisions and removals inside probe sequences common.
      long key = random.nextInt(200) * (random.nextBoolean() ? 1L : 1L << 32);
      switch (random.nextInt(3)) {
        case 0 -> assertThat(map.remove(key)).isEqualTo(oracle.remove(key));
        case 1 -> assertThat(map.get(key)).isEqualTo(oracle.get(key));
        default -> assertThat(map.put(key, "v" + i)).isEqualTo(oracle.put(key, "v" + i));
      }
      assertThat(map.size()).isEqualTo(oracle.size());
    }
    List<String> values = new ArrayList<>();
    map.forEach(values::add);
    assertThat(values).containsExactlyInAnyOrderElementsOf(oracle.values());
    map.clear();
    assertThat(map.isEmpty()).isTrue();
    oracle.keySet().forEach(key -> assertThat(map.get(key)).isNull());
  }
}
