package io.euryale.service.stream;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Copies of the fragments of the newest payload of a flow, until all of them are there. One owner
/// thread.
final class Assembly {

  private @Nullable ByteBuffer[] fragments = {};
  private long first;
  private int missing;
  private boolean lacksRoom;

  /// Takes a copy of a packet if it is of the newest payload so far, and forgets older ones.
  ///
  /// @return whether its payload is complete now: [#take] it
  boolean add(ByteBuffer packet, PacketStore store) {
    long begins = StreamFrames.firstSequence(packet);
    int count = StreamFrames.fragments(packet);
    boolean begun = fragments.length > 0;
    if (begun && (begins < first || (begins == first && count != fragments.length))) {
      return false;
    }
    if (!begun || begins > first) {
      clear(store);
      fragments = new ByteBuffer[count];
      first = begins;
      missing = count;
    }
    int place = StreamFrames.fragment(packet);
    if (fragments[place] == null) {
      ByteBuffer copy = store.copy(packet);
      fragments[place] = copy;
      missing -= copy == null ? 0 : 1;
      lacksRoom |= copy == null;
    }
    return missing == 0;
  }

  /// Whether the store had no room for a packet of the payload that is not complete.
  boolean lacksRoom() {
    return lacksRoom;
  }

  /// All packets of the payload; they are the caller's now.
  List<ByteBuffer> take() {
    List<ByteBuffer> complete = new ArrayList<>();
    for (ByteBuffer fragment : fragments) {
      if (fragment != null) {
        complete.add(fragment);
      }
    }
    fragments = new ByteBuffer[0];
    lacksRoom = false;
    return complete;
  }

  void clear(PacketStore store) {
    for (ByteBuffer fragment : fragments) {
      if (fragment != null) {
        store.release(fragment);
      }
    }
    fragments = new ByteBuffer[0];
    lacksRoom = false;
  }
}
