package io.euryale.group.primary;

/// Where a member stands between two primary components; the states of [4] §5, figure 4.
public enum PrimaryState {
  /// Not in a primary component, and nothing under way.
  NON_PRIM,
  /// A regular configuration was installed; the state messages of its members are awaited.
  EXCHANGE_STATES,
  /// All state messages are known; what they say is merged.
  EXCHANGE_ACTIONS,
  /// The component may become the next primary; everybody's create-primary message is awaited.
  CONSTRUCT,
  /// The configuration changed while a create-primary message was missing.
  NO,
  /// The last create-primary message arrived, but after the configuration had changed.
  UN,
  /// In the primary component.
  REG_PRIM,
  /// In the transitional configuration that ends the primary component.
  TRANS_PRIM;

  /// Whether a member may move from this state to `next` (evs-properties §3.4).
  public boolean mayBecome(PrimaryState next) {
    return switch (this) {
      case NON_PRIM, TRANS_PRIM -> next == EXCHANGE_STATES;
      case EXCHANGE_STATES -> next == EXCHANGE_ACTIONS || next == NON_PRIM;
      case EXCHANGE_ACTIONS -> next == CONSTRUCT || next == NON_PRIM;
      case CONSTRUCT -> next == REG_PRIM || next == NO;
      case NO -> next == UN || next == EXCHANGE_STATES;
      case UN -> next == TRANS_PRIM || next == EXCHANGE_STATES;
      case REG_PRIM -> next == TRANS_PRIM;
    };
  }

  /// Whether a regular configuration may follow directly.
  boolean awaitsRegular() {
    return this == NON_PRIM || this == NO || this == UN || this == TRANS_PRIM;
  }
}
