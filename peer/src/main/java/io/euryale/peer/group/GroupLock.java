package io.euryale.peer.group;

import io.euryale.group.recipe.Lock;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/// Part in a lock that one member of a group holds; see [Lock]. The application holds it, not one
/// of its threads; safe to share between threads.
public final class GroupLock implements AutoCloseable {

  /// Told about the loss of the lock.
  public interface Listener {
    /// This member holds the lock no more, and did not release it.
    default void lost(long token) {}
  }

  private final RecipeSeat seat;
  private final Lock lock;
  private volatile long token;

  private GroupLock(RecipeSeat seat, BooleanSupplier guard, Listener listener) {
    this.seat = seat;
    lock = new Lock(seat.host.groups(), seat.application, seat.group, guard, new Told(listener));
  }

  static GroupLock join(RecipeSeat seat, BooleanSupplier guard, Listener listener)
      throws InterruptedException {
    return seat.host.call(
        now -> {
          GroupLock made = new GroupLock(seat, guard, listener);
          GroupHost.admit(made.lock.join(now));
          seat.watch(made.lock::primaryChanged);
          return made;
        });
  }

  /// Waits for the lock.
  ///
  /// @return the token: give it to whatever is written to, which refuses smaller ones
  /// @throws io.euryale.peer.RefusedException when time ran out, and the lock is asked for no more;
  /// or when the peer has ended
  public long acquire(Duration timeout) throws InterruptedException {
    boolean _ =
        seat.host.call(
            now -> {
              lock.acquire(now);
              return true;
            });
    long[] got = new long[1];
    boolean held =
        seat.await(
            () -> {
              got[0] = token;
              return got[0] != 0;
            },
            timeout);
    if (!held) {
      release();
      throw seat.late("The lock could not be had", timeout);
    }
    return got[0];
  }

  /// The token, or 0 when this member does not hold the lock.
  public long token() {
    return token;
  }

  /// Gives the lock back, or asks for it no more.
  public void release() {
    boolean _ =
        seat.host.execute(
            now -> {
              lock.release(now);
              token = 0;
            });
  }

  /// Takes part no more; a lock that is held is released.
  @Override
  public void close() {
    boolean _ =
        seat.host.execute(
            now -> {
              seat.unwatch();
              token = 0;
              var _ = lock.leave(now);
            });
  }

  private final class Told implements Lock.Listener {
    private final Listener listener;

    Told(Listener listener) {
      this.listener = listener;
    }

    @Override
    public void acquired(long now, long granted) {
      token = granted;
      seat.wake();
    }

    @Override
    public void lost(long now, long former) {
      token = 0;
      seat.tell(() -> listener.lost(former));
    }
  }
}
