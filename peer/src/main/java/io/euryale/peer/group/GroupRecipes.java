package io.euryale.peer.group;

import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import java.util.function.BooleanSupplier;

/// Coordination by a leader, a lock, a map and a barrier, each in a group of its own. What each
/// promises stands at its class in `io.euryale.group.recipe`.
///
/// `guarded` recipes lead, grant and write in the primary component only; the others do so on each
/// side of a partition. Listeners are called one call at a time on a virtual thread of the recipe.
/// All methods that join throw [io.euryale.peer.RefusedException] as [GroupPeer#join] does.
public final class GroupRecipes {

  private final NamedClasses named;
  private final GroupPeer peer;

  GroupRecipes(NamedClasses named, GroupPeer peer) {
    this.named = named;
    this.peer = peer;
  }

  /// Takes part in the election of a leader.
  public GroupLeader leader(
      TrafficClass trafficClass,
      String group,
      String application,
      boolean guarded,
      GroupLeader.Listener listener)
      throws InterruptedException {
    return GroupLeader.join(seat(trafficClass, group, application), guard(guarded), listener);
  }

  /// Takes part in a lock.
  public GroupLock lock(
      TrafficClass trafficClass,
      String group,
      String application,
      boolean guarded,
      GroupLock.Listener listener)
      throws InterruptedException {
    return GroupLock.join(seat(trafficClass, group, application), guard(guarded), listener);
  }

  /// Takes part in a map.
  ///
  /// @param isSafe whether writes take effect only when every member of the configuration holds
  /// them
  public GroupMap map(
      TrafficClass trafficClass,
      String group,
      String application,
      boolean guarded,
      boolean isSafe,
      GroupMap.Listener listener)
      throws InterruptedException {
    return GroupMap.join(seat(trafficClass, group, application), guard(guarded), isSafe, listener);
  }

  /// Becomes one of those that a barrier waits for.
  public GroupBarrier barrier(TrafficClass trafficClass, String group, String application)
      throws InterruptedException {
    return GroupBarrier.join(seat(trafficClass, group, application));
  }

  private BooleanSupplier guard(boolean guarded) {
    return guarded ? peer::isPrimary : () -> true;
  }

  private RecipeSeat seat(TrafficClass trafficClass, String group, String application) {
    PeerName name = NamedClasses.applicationName(application);
    named.own(name, named);
    return new RecipeSeat(named.host(trafficClass), NamedClasses.groupName(group), name);
  }
}
