package io.euryale.peer.group;

import io.euryale.group.recipe.ReplicatedMap;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Part in a map that all members of a group have; see [ReplicatedMap]. Safe to share between
/// threads. Reading asks the loop and tells what has taken effect here.
public final class GroupMap implements AutoCloseable {

  /// Told about the content.
  public interface Listener {
    /// A write took effect.
    ///
    /// @param value null when the key was removed
    /// @param position grows along the order
    default void changed(String key, @Nullable String value, long position) {}

    /// The whole content was replaced by that of another member.
    default void replaced() {}
  }

  private final RecipeSeat seat;
  private final ReplicatedMap map;

  private GroupMap(RecipeSeat seat, BooleanSupplier guard, boolean isSafe, Listener listener) {
    this.seat = seat;
    map =
        new ReplicatedMap(
            seat.host.groups(), seat.application, seat.group, guard, isSafe, new Told(listener));
  }

  static GroupMap join(RecipeSeat seat, BooleanSupplier guard, boolean isSafe, Listener listener)
      throws InterruptedException {
    return seat.host.call(
        now -> {
          GroupMap made = new GroupMap(seat, guard, isSafe, listener);
          GroupHost.admit(made.map.join(now));
          return made;
        });
  }

  /// Waits until this member has the group's content.
  ///
  /// @throws io.euryale.peer.RefusedException when time ran out or the peer has ended
  public void awaitCurrent(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!isCurrent()) {
      if (System.nanoTime() > deadline) {
        throw seat.late("The content could not be had", timeout);
      }
      Thread.sleep(1);
    }
  }

  /// Whether this member has the group's content.
  public boolean isCurrent() throws InterruptedException {
    return seat.host.call(_ -> map.isCurrent());
  }

  /// Sets a key; takes effect at its place in the order.
  ///
  /// @throws io.euryale.peer.RefusedException when it is not accepted: `FORBIDDEN` outside the
  /// primary component, `FULL`, `TOO_LARGE`, `NOT_A_MEMBER`
  public void put(String key, String value) throws InterruptedException {
    boolean _ =
        seat.host.call(
            now -> {
              GroupHost.admit(map.put(now, key, value));
              return true;
            });
  }

  /// Removes a key; takes effect at its place in the order.
  ///
  /// @throws io.euryale.peer.RefusedException as [#put]
  public void remove(String key) throws InterruptedException {
    boolean _ =
        seat.host.call(
            now -> {
              GroupHost.admit(map.remove(now, key));
              return true;
            });
  }

  /// The value of a key.
  public Optional<String> get(String key) throws InterruptedException {
    return seat.host.call(_ -> Optional.ofNullable(map.get(key)));
  }

  /// A copy of everything, sorted by key.
  public Map<String, String> snapshot() throws InterruptedException {
    return seat.host.call(_ -> map.snapshot());
  }

  /// Takes part no more.
  @Override
  public void close() {
    boolean _ =
        seat.host.execute(
            now -> {
              var _ = map.leave(now);
            });
  }

  private final class Told implements ReplicatedMap.Listener {
    private final Listener listener;

    Told(Listener listener) {
      this.listener = listener;
    }

    @Override
    public void changed(long now, String key, @Nullable String value, long position) {
      seat.tell(() -> listener.changed(key, value, position));
    }

    @Override
    public void replaced(long now) {
      seat.tell(listener::replaced);
    }
  }
}
