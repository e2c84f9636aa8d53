package io.euryale.simulation;

import static io.euryale.simulation.ToyCore.MILLI;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.DatagramHome;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What a record on disk survives.
class DiskTest {

  private static final long SECOND = 1_000_000_000L;

  /// One process with two classes, booted.
  private static final class Machine {
    final Simulation run;
    final List<DatagramToy> lives = new ArrayList<>();
    final List<DatagramToy> alarms = new ArrayList<>();

    private Machine(long seed) {
      run = new Simulation(seed, SimulationSettings.lan());
      run.add(
          "p1",
          Role.PEER,
          (process, _) -> {
            lives.add(process.core(TrafficClass.CONTROL, Machine::toy));
            alarms.add(process.core(TrafficClass.ALARM, Machine::toy));
          });
      run.runFor(SECOND);
    }

    private static DatagramToy toy(DatagramHome home) {
      return new DatagramToy(home, 0, 0, List.of());
    }

    DatagramToy now() {
      return lives.getLast();
    }

    void inject(String plan) {
      run.inject(FaultPlan.parse(plan));
    }

    void persist(int record, int value) {
      run.process("p1")
          .execute(
              TrafficClass.CONTROL,
              _ -> now().home.persist(record, ByteBuffer.allocate(4).putInt(value).flip()));
    }

    int recorded(int record) {
      ByteBuffer value = now().home.recorded(record);
      return value.hasRemaining() ? value.getInt() : -1;
    }
  }

  private final Machine machine = new Machine(1);

  @Test
  void aPersistedRecordSurvivesEveryKindOfDeath() {
    assertThat(machine.now().boots).isEqualTo(1);
    assertThat(machine.now().persisted).containsExactly(0);
    machine.inject("crash(p1)@2s+1s;crash-host(p1)@4s+1s;restart(p1)@6s");
    machine.run.runUntil(8 * SECOND);
    assertThat(machine.lives).extracting(life -> life.boots).containsExactly(1, 2, 3, 4);
    assertThat(machine.alarms).extracting(life -> life.boots).containsExactly(1, 2, 3, 4);
  }

  @Test
  void recordsOfTwoNumbersAndTwoClassesAreDifferent() {
    machine.persist(7, 70);
    machine.persist(15, 150);
    machine.run.runFor(SECOND);
    assertThat(machine.recorded(7)).as("as it was when this life began").isEqualTo(-1);
    machine.inject("restart(p1)@0ms");
    machine.run.runFor(SECOND);
    assertThat(machine.recorded(7)).isEqualTo(70);
    assertThat(machine.recorded(15)).isEqualTo(150);
    assertThat(machine.alarms.getLast().home.recorded(7).hasRemaining()).isFalse();
  }

  @Test
  void everyCallIsConfirmedInItsOrder() {
    for (int i = 1; i <= 20; i++) {
      machine.persist(i % 3, i);
    }
    machine.run.runFor(5 * SECOND);
    assertThat(machine.now().persisted)
        .containsExactly(0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2);
    machine.inject("restart(p1)@0ms");
    machine.run.runFor(SECOND);
    assertThat(List.of(machine.recorded(0), machine.recorded(1), machine.recorded(2)))
        .containsExactly(18, 19, 20);
  }

  @Test
  void manyCallsForOneRecordWaitForFewWrites() {
    machine.inject("slow-disk(p1)@0ms+end");
    for (int i = 1; i <= 1000; i++) {
      machine.persist(4, i);
    }
    machine.run.runFor(30 * SECOND);
    assertThat(machine.now().persisted).hasSize(1001);
    assertThat(machine.run.faultEffects().getFirst().effects()).isLessThan(100);
    machine.inject("restart(p1)@0ms");
    machine.run.runFor(SECOND);
    assertThat(machine.recorded(4)).isEqualTo(1000);
  }

  @Test
  void theValueIsTakenAtTheCall() {
    ByteBuffer value = ByteBuffer.allocate(4).putInt(5).flip();
    machine
        .run
        .process("p1")
        .execute(
            TrafficClass.CONTROL,
            _ -> {
              machine.now().home.persist(3, value);
              value.putInt(0, 6);
            });
    machine.run.runFor(SECOND);
    machine.inject("restart(p1)@0ms");
    machine.run.runFor(SECOND);
    assertThat(machine.recorded(3)).isEqualTo(5);
    machine.now().home.recorded(3).putInt(0, 9);
    assertThat(machine.recorded(3)).isEqualTo(5);
  }

  @Test
  void aDeathLeavesTheLastPersistedValueOrALaterOne() {
    Set<Integer> left = new TreeSet<>();
    for (long seed = 1; seed <= 200; seed++) {
      Machine other = new Machine(seed);
      other.persist(1, 1);
      other.run.runFor(SECOND);
      assertThat(other.now().persisted).contains(1);
      for (int value = 2; value <= 4; value++) {
        other.persist(1, value);
      }
      long writing = other.run.now() + MILLI / 2;
      other.inject("crash(p1)@" + writing + "ns+1s");
      other.run.runFor(2 * SECOND);
      assertThat(other.lives).hasSize(2);
      left.add(other.recorded(1));
    }
    assertThat(left).containsAll(List.of(1, 4)).isSubsetOf(1, 2, 3, 4);
  }

  @Test
  void aSlowDiskTakesSecondsAndIsAtItsUsualPaceAfterwards() {
    machine.inject("slow-disk(p1)@0ms+20s");
    int confirmed = machine.now().persisted.size();
    for (int i = 0; i < 48; i++) {
      machine.persist(i % 16, i);
    }
    machine.run.runFor(5 * SECOND);
    assertThat(machine.now().persisted.size()).isLessThan(confirmed + 48);
    assertThat(machine.run.faultEffects().getFirst().effects()).isPositive();
    machine.run.quiesce(true);
    machine.run.runFor(2 * SECOND);
    assertThat(machine.now().persisted).hasSize(confirmed + 48);
  }

  @Test
  void aWipedDiskIsEmptyAtTheNextBootOnly() {
    machine.inject("wiped(p1)@1500ms;restart(p1)@2s;restart(p1)@4s");
    machine.run.runUntil(6 * SECOND);
    assertThat(machine.lives).extracting(life -> life.boots).containsExactly(1, 1, 2);
    assertThat(machine.alarms).extracting(life -> life.boots).containsExactly(1, 1, 2);
    assertThat(machine.run.faultEffects().getFirst().effects()).isEqualTo(1);
  }

  @Test
  void keysDifferBetweenLivesAndClassesAndRepeatWithTheSeed() {
    assertThat(key(machine)).isEqualTo(key(new Machine(1))).isNotEqualTo(key(new Machine(2)));
    Machine other = new Machine(1);
    other.inject("restart(p1)@0ms");
    other.run.runFor(SECOND);
    assertThat(key(other)).isNotEqualTo(key(machine));
  }

  private static long key(Machine test) {
    byte[] bytes = new byte[8];
    test.now().home.keyBytes(bytes);
    return ByteBuffer.wrap(bytes).getLong();
  }

  @Test
  void aRecordThatNoDiskTakesIsABug() {
    machine.persist(16, 1);
    assertThatThrownBy(() -> machine.run.runFor(SECOND))
        .isInstanceOf(SimulationException.class)
        .hasMessageContaining("0 to 15");
  }
}
