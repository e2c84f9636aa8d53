package io.euryale.group.primary;

/// What an exchange of states came to.
public enum Verdict {
  /// The component may form the next primary.
  CONSTRUCT("the next primary component is being formed"),
  /// Too little weight of the last primary is here.
  NO_QUORUM("too little of the last primary component is here"),
  /// A quorum is here, but it is smaller than the charter allows.
  TOO_SMALL("the component is smaller than minimumPrimary"),
  /// A member does not know what became of an attempt, and nobody here does.
  VULNERABLE("a member does not know how an earlier attempt ended"),
  /// Members were declared different voters; an operator has to decide.
  CHARTERS_DIFFER("members were declared different voters"),
  /// Two different primary components with one number are known: records were lost or copied.
  CONFLICT("two primary components with one number are known");

  private final String text;

  Verdict(String text) {
    this.text = text;
  }

  /// One sentence for operators, without a full stop.
  public String text() {
    return text;
  }
}
