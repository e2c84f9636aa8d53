package io.euryale.group.membership;

import io.euryale.group.Configuration;
import io.euryale.group.primary.Component;
import io.euryale.group.primary.PrimaryState;
import io.euryale.group.primary.Verdict;

/// What happens to a group member, told on the control loop. Listeners hear what they ask for.
public interface MemberListener {

  /// Hears nothing.
  MemberListener NONE = new MemberListener() {};

  /// A regular or transitional configuration is installed here.
  ///
  /// @param tookNanos from the first proposal to the installation; 0 for a transitional one
  default void installed(long now, Configuration configuration, long tookNanos) {}

  /// The present regular configuration is the primary component.
  default void primary(long now, Configuration configuration, Component component) {}

  /// The state of the primary component changed; it is primary here while in `REG_PRIM`.
  default void primaryState(long now, PrimaryState from, PrimaryState to) {}

  /// What the members know of the primary component, after they exchanged it.
  default void verdict(long now, Verdict verdict) {}

  /// The way to a configuration reached another phase, in one word; `resting` when nothing is under
  /// way. For metrics.
  default void phase(long now, String phase) {}
}
