package io.euryale.group.membership;

import io.euryale.group.membership.MemberMessage.Heard;
import io.euryale.group.membership.MemberMessage.Heartbeat;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What is known of another life of a peer with which there is a session.
final class Remote {

  final PeerRef ref;

  /// Last time a datagram of it was opened.
  long heardAt;

  /// Last time it was asked because it was silent.
  long askedAt = Long.MIN_VALUE;

  /// Whether it counts as present: heard, and neither silent for too long nor lost otherwise.
  boolean alive;

  /// When it was lost last.
  long lostAt = Long.MIN_VALUE / 2;

  /// It was lost a moment ago: others that still count on it may not have found out.
  boolean lostJustNow;

  /// It said that it leaves.
  boolean left;

  /// While it may be gone and has been asked: until when it may answer, and what it was asked.
  long verifyBy = Long.MAX_VALUE;

  /// When it is asked again.
  long askAt;

  long nonce;
  String doubt = "";

  /// It does not answer to proposals although it is heard; not wanted until then.
  long excludedUntil = Long.MIN_VALUE;

  int exclusions;

  private @Nullable Heartbeat last;
  private List<PeerId> dropped = List.of();
  private final Set<PeerId> hears = new HashSet<>();
  private final Set<PeerId> mutual = new HashSet<>();
  private List<PeerId> wanted;

  Remote(PeerRef ref) {
    this.ref = ref;
    wanted = List.of(ref.id());
  }

  PeerId id() {
    return ref.id();
  }

  @Nullable Heartbeat last() {
    return last;
  }

  /// Takes what it says.
  ///
  /// @return whether it tells something new about whom it hears
  boolean take(Heartbeat heartbeat) {
    Heartbeat before = last;
    last = heartbeat;
    if (before != null && before.version() == heartbeat.version()) {
      dropped = List.of();
      return false;
    }
    dropped =
        before == null
            ? List.of()
            : before.heard().stream()
                .map(Heard::peer)
                .filter(peer -> heartbeat.heard().stream().noneMatch(h -> h.peer().equals(peer)))
                .toList();
    hears.clear();
    mutual.clear();
    TreeSet<PeerId> configuration = new TreeSet<>();
    configuration.add(id());
    for (Heard heard : heartbeat.heard()) {
      if (heard.wanted()) {
        configuration.add(heard.peer());
      }
      hears.add(heard.peer());
      if (heard.mutual()) {
        mutual.add(heard.peer());
      }
    }
    wanted = List.copyOf(configuration);
    return true;
  }

  /// Peers that it heard before its last heartbeat and hears no more, in the order of names.
  List<PeerId> dropped() {
    return dropped;
  }

  /// The members of the configuration that it wants to be in, itself among them; sorted.
  List<PeerId> wanted() {
    return wanted;
  }

  /// The first of them: who decides who they are.
  PeerId leader() {
    return wanted.getFirst();
  }

  /// Whether it said that it hears a peer.
  boolean hears(PeerId peer) {
    return hears.contains(peer);
  }

  /// Whether it said that it and a peer hear each other.
  boolean works(PeerId peer) {
    return mutual.contains(peer);
  }
}
