package io.euryale.peer.group;

import io.euryale.group.Configuration;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.TrafficClass;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A group member as it sees itself, for operators. The numbers of each class are of one instant,
/// those of different classes are not.
///
/// @param self its life
/// @param configuration installed last; null before the first
/// @param phase on the way between configurations, in one word; `resting` when there is no change
/// @param phaseMillis how long it has rested, or changed: attempts that follow one another are
/// one change
/// @param isPrimary whether it is in the primary component
/// @param primaryIndex number of the primary component seen last
/// @param primaryState of the voting, such as `REG_PRIM` or `NON_PRIM`
/// @param verdict why there is no primary component here, in one sentence; or that there is one
/// @param configurations regular configurations installed in this life
/// @param suspicionCount suspicions in this life
/// @param suspicions the last of them, the latest last
/// @param classes per traffic class, the control class too
/// @param sessions the sessions of other processes
public record GroupPeerStatus(
    PeerId self,
    @Nullable Configuration configuration,
    String phase,
    long phaseMillis,
    boolean isPrimary,
    long primaryIndex,
    String primaryState,
    String verdict,
    long configurations,
    long suspicionCount,
    List<Suspicion> suspicions,
    Map<TrafficClass, OfClass> classes,
    Sessions sessions) {

  /// How many suspicions are kept.
  public static final int SUSPICIONS = 32;

  /// Somebody was taken for lost.
  ///
  /// @param atNanos monotonic, since about the start of the process
  /// @param wallMillis of the wall clock
  public record Suspicion(long atNanos, long wallMillis, String peer, String reason) {}

  /// One traffic class.
  ///
  /// @param order counters of ordered delivery, by name; empty for the control class
  /// @param sealed datagrams sealed
  /// @param opened datagrams opened
  /// @param rejected datagrams rejected, by reason; only reasons that occurred
  /// @param datagramsIn datagrams received
  /// @param datagramsOut datagrams sent
  /// @param unsent datagrams that the machine refused, by reason; only reasons that occurred
  /// @param groups the named groups; null when the class has another application
  public record OfClass(
      Map<String, Long> order,
      long sealed,
      long opened,
      Map<String, Long> rejected,
      long datagramsIn,
      long datagramsOut,
      Map<String, Long> unsent,
      @Nullable Groups groups) {}

  /// The named groups of a class.
  ///
  /// @param groups with members anywhere
  /// @param memberships of applications here
  /// @param paused applications here whose senders are throttled now
  /// @param slow times an application here fell behind
  /// @param throttled times sending to a group stopped because a receiver was slow
  /// @param forbidden attempts that the table of rights refused
  /// @param transfers state transfers to applications here that ended
  /// @param queuedBytes what waits to be sent or to be taken by applications here
  /// @param outsiders peers whose tables differ; "" when none does
  /// @param rejected messages left out, by reason
  public record Groups(
      int groups,
      int memberships,
      int paused,
      long slow,
      long throttled,
      long forbidden,
      long transfers,
      long queuedBytes,
      String outsiders,
      Map<String, Long> rejected) {}

  /// The sessions of applications in other processes.
  ///
  /// @param open now
  /// @param accepted in this life
  /// @param slow how many of the open ones do not take what is written to them
  /// @param closed sessions that were closed, by reason
  public record Sessions(int open, long accepted, int slow, Map<String, Long> closed) {
    static final Sessions NONE = new Sessions(0, 0, 0, Map.of());
  }
}
