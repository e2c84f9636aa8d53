package io.euryale.group.named;

import io.euryale.group.Service;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the group layers of two peers say to each other; each is one message of the ordered stream.
/// The sending peer is known from the stream.
sealed interface GroupFrame {

  /// A membership of the sending peer, in the exchange after a change of the configuration.
  ///
  /// @param gives whether it gives state
  /// @param awaits whether it needs state
  /// @param withheld whether an application is paused and grants no credit
  /// @param birthConfiguration number of the configuration in which it joined, or of the present
  /// one when this is its first view
  /// @param birthNumber number of its first view in there
  /// @param lineage tells which members come from the same view; 0 when it brings no state
  /// @param attempt names the state transfer it awaits
  record Entry(
      GroupName group,
      PeerName application,
      boolean gives,
      boolean awaits,
      boolean withheld,
      long birthConfiguration,
      long birthNumber,
      long lineage,
      int attempt) {}

  /// AGREED. The memberships of the sending peer, in one part or more.
  ///
  /// @param tables digest of its rights and limits
  record Memberships(boolean isLast, long tables, List<Entry> entries) implements GroupFrame {
    public Memberships {
      entries = List.copyOf(entries);
    }
  }

  /// AGREED. An application of the sending peer joins.
  record Join(GroupName group, PeerName application, boolean wants, boolean gives, int attempt)
      implements GroupFrame {}

  /// AGREED. An application of the sending peer leaves, or was disconnected.
  record Leave(GroupName group, PeerName application, boolean disconnected) implements GroupFrame {}

  /// AGREED. From here on the sending peer may send messages to the group that do not wait for the
  /// total order, and so it has to flush before the view changes.
  record Unordered(GroupName group) implements GroupFrame {}

  /// AGREED. The sending peer has sent its last unordered message in the view with this number.
  record Flush(GroupName group, long number) implements GroupFrame {}

  /// An application message.
  ///
  /// @param service what the application asked for; it may travel with a stronger one
  /// @param number of the sender's view, for messages that do not wait for the total order
  /// @param history of that view
  /// @param offset bytes that the sending peer sent to the group in this configuration, with this
  /// message
  /// @param to the receivers of a private message; empty for everybody
  record Data(
      GroupName group,
      PeerName application,
      Service service,
      long number,
      long history,
      long offset,
      List<GroupMemberId> to,
      ByteBuffer payload)
      implements GroupFrame {
    public Data {
      to = List.copyOf(to);
    }
  }

  /// What was taken of what `sender` sent to `group`, up to its offset.
  record Grant(GroupName group, PeerId sender, long offset) {}

  /// RELIABLE. The sending peer has taken messages.
  record Credit(List<Grant> grants) implements GroupFrame {
    public Credit {
      grants = List.copyOf(grants);
    }
  }

  /// What a chunk of state is.
  enum ChunkKind {
    MORE(0),
    LAST(1),
    FAILED(2);

    final int code;

    ChunkKind(int code) {
      this.code = code;
    }

    static @Nullable ChunkKind ofCode(int code) {
      return switch (code) {
        case 0 -> MORE;
        case 1 -> LAST;
        case 2 -> FAILED;
        default -> null;
      };
    }
  }

  /// FIFO. A piece of state of an application of the sending peer.
  record Chunk(
      GroupName group,
      PeerName giver,
      GroupMemberId receiver,
      int attempt,
      int index,
      ChunkKind kind,
      ByteBuffer bytes)
      implements GroupFrame {}

  /// RELIABLE. The chunks before `next` were taken.
  record ChunkTaken(GroupName group, GroupMemberId giver, PeerName receiver, int attempt, int next)
      implements GroupFrame {}

  /// AGREED. An application of the sending peer needs the state as it is at this point.
  ///
  /// @param skip how many possible givers to pass over, because they failed
  /// @param giver who has to give it, or null
  record StateRequest(
      GroupName group, PeerName application, int attempt, int skip, @Nullable GroupMemberId giver)
      implements GroupFrame {}

  /// AGREED. An application of the sending peer has its state and can give it to others.
  record StateDone(GroupName group, PeerName application) implements GroupFrame {}
}
