package io.euryale.client.wire;

import io.euryale.client.Member;
import io.euryale.client.Service;
import io.euryale.client.TrafficClass;
import io.euryale.client.View;
import java.nio.ByteBuffer;
import java.util.List;

/// What an application and its peer say to each other; the package description has the layout.
/// Payloads are position to limit, and views of what was read.
public sealed interface SessionFrame {

  /// What an application says.
  sealed interface FromClient extends SessionFrame {}

  /// What a peer says.
  sealed interface FromPeer extends SessionFrame {}

  record Hello(int lowestVersion, int highestVersion, String application) implements FromClient {}

  record Join(
      int handle, TrafficClass trafficClass, String group, boolean wantsState, boolean givesState)
      implements FromClient {}

  record Leave(int handle) implements FromClient {}

  record Send(int handle, Service service, long token, List<Member> receivers, ByteBuffer payload)
      implements FromClient {
    public Send {
      receivers = List.copyOf(receivers);
    }
  }

  /// What a piece of state is. In the order of their codes.
  enum Piece {
    MORE,
    LAST,
    FAILED
  }

  record GiveState(int handle, int transfer, Piece piece, ByteBuffer bytes) implements FromClient {}

  record AskState(int handle) implements FromClient {}

  /// What is asked for. In the order of their codes.
  enum Question {
    VIEW,
    GROUPS,
    STATUS
  }

  record Query(int request, Question question, TrafficClass trafficClass, String group)
      implements FromClient {}

  record Goodbye() implements FromClient {}

  record Welcome(int version, String peer, long incarnation, int messageBytes)
      implements FromPeer {}

  record Refused(int handle, long token, String reason, String sentence) implements FromPeer {}

  record Viewed(int handle, View view) implements FromPeer {}

  record Message(
      int handle,
      Member sender,
      Service service,
      boolean isPrivate,
      boolean isOwn,
      long token,
      long position,
      ByteBuffer payload)
      implements FromPeer {}

  record Stable(int handle, long token) implements FromPeer {}

  record Left(int handle, View.Cause cause) implements FromPeer {}

  record Snapshot(int handle, int transfer, Member receiver) implements FromPeer {}

  record StateBegins(int handle, Member giver) implements FromPeer {}

  record State(int handle, ByteBuffer bytes) implements FromPeer {}

  record StateComplete(int handle, Member giver) implements FromPeer {}

  record NoState(int handle) implements FromPeer {}

  record Primary(boolean isPrimary, long index, String verdict) implements FromPeer {}

  record Answer(int request, boolean isFound, String text) implements FromPeer {}

  record Closing(String reason) implements FromPeer {}
}
