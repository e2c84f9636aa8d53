package io.euryale.group.named;

/// How an application joins a group.
///
/// @param wantsState whether the joiner is given the application state by a member of the view
/// before; its views and messages are kept back until the state is there
/// @param givesState whether it will give state to later joiners ([GroupEvents#snapshot])
public record JoinOptions(boolean wantsState, boolean givesState) {

  /// No state in either direction.
  public static final JoinOptions STATELESS = new JoinOptions(false, false);

  /// State at the start, and for those who come later.
  public static final JoinOptions REPLICA = new JoinOptions(true, true);
}
