package io.euryale.group.named;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// What a member that waits for state keeps until it is there: the views and messages after the
/// point of the snapshot.
final class Intake {

  sealed interface Kept {
    record View(GroupView view) implements Kept {}

    record Message(GroupMessage message) implements Kept {}
  }

  final int attempt;

  /// Null while it is not known who gives: until the request or the exchange is ordered.
  final @Nullable GroupMemberId giver;

  final ArrayDeque<Kept> kept = new ArrayDeque<>();
  long keptBytes;
  long stateBytes;

  /// Index of the chunk that comes next, and up to which the giver was told.
  int next;

  int told;

  Intake(int attempt, @Nullable GroupMemberId giver) {
    this.attempt = attempt;
    this.giver = giver;
  }

  /// Keeps nothing: a later snapshot will contain what comes now.
  static Intake waiting(int attempt) {
    return new Intake(attempt, null);
  }

  void keep(GroupView view) {
    if (giver != null) {
      kept.add(new Kept.View(view));
      keptBytes += 100 + 64L * view.members().size();
    }
  }

  void keep(GroupMessage message) {
    if (giver != null) {
      ByteBuffer copy = ByteBuffer.allocate(message.payload().remaining());
      copy.put(message.payload().duplicate()).flip();
      kept.add(
          new Kept.Message(
              new GroupMessage(
                  message.group(),
                  message.view(),
                  message.sender(),
                  message.service(),
                  message.isPrivate(),
                  message.isOwn(),
                  message.token(),
                  message.position(),
                  copy)));
      keptBytes += 100 + copy.remaining();
    }
  }
}
