package io.euryale.service.stream;

import io.euryale.group.Service;
import io.euryale.group.Submission;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A relay's way into the agreed order of its cell: the group of the cell's peers, when there is
/// one. It is there while a stream wants it.
final class CellOrder {

  private @Nullable Submission down;
  private Consumer<Boolean> wish = _ -> {};
  private boolean isAsked;
  private String configuration = "";

  /// @param told true when a stream wants the group, false when none does any more
  void whenAsked(Consumer<Boolean> told) {
    wish = told;
  }

  /// A stream wants the group of the cell.
  void ask() {
    if (!isAsked) {
      isAsked = true;
      wish.accept(true);
    }
  }

  /// No stream wants the group.
  void release() {
    if (isAsked) {
      isAsked = false;
      wish.accept(false);
    }
  }

  boolean isAsked() {
    return isAsked;
  }

  /// @param way into the group; null when it ended
  void through(@Nullable Submission way) {
    down = way;
  }

  /// The group has this configuration now.
  void enter(String id) {
    configuration = id;
  }

  /// Id of the present configuration, as in traces.
  String configuration() {
    return configuration;
  }

  /// Gives a packet to the group.
  ///
  /// @return false when it did not take it: there is none yet, or it is full
  boolean submit(ByteBuffer packet) {
    ask();
    Submission way = down;
    return way != null && way.submit(Service.AGREED, packet);
  }
}
