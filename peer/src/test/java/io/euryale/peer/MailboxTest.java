package io.euryale.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class MailboxTest {

  private final ArrayDeque<Runnable> handedOver = new ArrayDeque<>();
  private final Mailbox mailbox = new Mailbox(handedOver::add);
  private final List<Integer> called = new ArrayList<>();
  private int room;

  private void put(int count, int bytes) {
    for (int i = 0; i < count; i++) {
      int number = i;
      mailbox.put(() -> called.add(number), bytes);
    }
  }

  private void work() {
    for (Runnable next = handedOver.poll(); next != null; next = handedOver.poll()) {
      next.run();
    }
  }

  @Test
  void itIsFullWithManyCallsAndSaysWhenItIsHalfEmpty() {
    mailbox.whenRoom(
        () -> {
          room++;
          assertThat(called).hasSize(Mailbox.LIMIT / 2 - 1);
        });
    put(Mailbox.LIMIT - 1, 1);
    assertThat(mailbox.isFull()).isFalse();
    put(1, 1);
    assertThat(mailbox.isFull()).isTrue();
    work();
    assertThat(mailbox.isFull()).isFalse();
    assertThat(room).isEqualTo(1);
    assertThat(called).hasSize(Mailbox.LIMIT);
  }

  @Test
  void itIsFullWithManyBytes() {
    put(3, (int) (Mailbox.LIMIT_BYTES / 4));
    assertThat(mailbox.isFull()).isFalse();
    put(1, (int) (Mailbox.LIMIT_BYTES / 4));
    assertThat(mailbox.isFull()).isTrue();
    put(1, 1);
    work();
    assertThat(called).as("what came beyond the limit is not lost").hasSize(5);
    assertThat(mailbox.isFull()).isFalse();
  }

  @Test
  void oneThatIsNeverEmptyLetsAnotherOfTheSameExecutorGoFirst() {
    put(10 * Mailbox.TURN, 1);
    new Mailbox(handedOver::add).put(() -> called.add(-1), 1);
    work();
    assertThat(called).hasSize(10 * Mailbox.TURN + 1);
    assertThat(called.indexOf(-1)).isEqualTo(Mailbox.TURN);
  }

  @Test
  void whatWaitsIsWorkedOffWhenTheExecutorTakesNoMore() {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try (executor) {
      Mailbox of = new Mailbox(executor);
      of.put(executor::shutdown, 1);
      for (int i = 0; i < 3 * Mailbox.TURN; i++) {
        of.put(() -> called.add(1), 1);
      }
    }
    assertThat(called).hasSize(3 * Mailbox.TURN);
  }

  @Test
  void closedItHoldsNothingBackAndTakesNothing() {
    put(Mailbox.LIMIT, 1);
    mailbox.close();
    assertThat(mailbox.isFull()).isFalse();
    put(1, 1);
    work();
    assertThat(called).hasSize(Mailbox.LIMIT);
  }
}
