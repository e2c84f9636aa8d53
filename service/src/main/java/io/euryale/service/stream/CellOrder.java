package io.euryale.service.stream;

import io.euryale.group.Service;
import io.euryale.group.Submission;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A relay's way into the agreed order of its cell: the group of the cell's peers, when there is
/// one. It is asked for when the first stream wants it.
final class CellOrder {

  private @Nullable Submission down;
  private Runnable asked = () -> {};
  private boolean isAsked;
  private String configuration = "";

  /// @param told once, when a stream wants the group
  void whenAsked(Runnable told) {
    asked = told;
  }

  /// A stream wants the group of the cell.
  void ask() {
    if (!isAsked) {
      isAsked = true;
      asked.run();
    }
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
