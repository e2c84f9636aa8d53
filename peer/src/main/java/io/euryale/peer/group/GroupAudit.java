package io.euryale.peer.group;

import io.euryale.group.named.GroupMemberId;
import io.euryale.group.named.GroupName;
import io.euryale.group.named.GroupObserver;
import io.euryale.group.named.Right;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import io.euryale.platform.Audit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts what the group layer of one class rejects, and writes refused attempts to the [Audit]. Of
/// the loop of the class.
final class GroupAudit implements GroupObserver {

  private static final Logger LOG = LoggerFactory.getLogger(GroupAudit.class);

  private final PeerId self;
  private final TrafficClass trafficClass;
  private final Audit audit = new Audit();
  private final Map<String, Long> rejected = new TreeMap<>();
  private long forbidden;
  private long throttled;
  private long slow;
  private long transfers;
  private String outsiders = "";

  /// @param self the peer that refuses
  GroupAudit(PeerId self, TrafficClass trafficClass) {
    this.self = self;
    this.trafficClass = trafficClass;
  }

  @Override
  public void forbidden(
      long now, GroupMemberId who, Right right, GroupName group, String reason, boolean here) {
    forbidden++;
    audit.refused(
        self.name().value(),
        who + " on class " + trafficClass.label() + (here ? ": " : ", as sent: ") + reason);
  }

  @Override
  public void rejected(long now, PeerId from, String reason) {
    rejected.merge(reason, 1L, Long::sum);
  }

  @Override
  public void tablesDiffer(long now, List<PeerId> peers) {
    outsiders = peers.isEmpty() ? "" : peers.toString();
    LOG.warn(
        "The tables of rights or limits of {} differ from those of most peers: their applications"
            + " are in no group of class {} until they agree",
        peers,
        trafficClass.label());
  }

  @Override
  public void exchangeBegan(long now, int peers) {
    outsiders = "";
  }

  @Override
  public void transferred(long now, GroupName group, long bytes, String outcome) {
    transfers++;
  }

  @Override
  public void throttled(long now, GroupName group, boolean stopped) {
    if (stopped) {
      throttled++;
    }
  }

  /// The application's mistake; its trace goes to the log only.
  static void listenerFailed(GroupName group, PeerName application, Throwable mistake) {
    LOG.error(
        "The listener of application {} in group {} failed; it leaves the group",
        application,
        group,
        mistake);
  }

  /// An application here fell behind.
  void slow() {
    slow++;
  }

  GroupPeerStatus.Groups status(int memberships, int groups, int paused, long queued) {
    return new GroupPeerStatus.Groups(
        groups,
        memberships,
        paused,
        slow,
        throttled,
        forbidden,
        transfers,
        queued,
        outsiders,
        Map.copyOf(rejected));
  }
}
