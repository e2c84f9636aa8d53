package io.euryale.peer;

/// A request that cannot be met. The message is one sentence for a person: what was refused, why
/// and what to do.
public final class RefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// Why a request is refused; for programs. Whether trying again is safe and sensible stands at
  /// each.
  public enum Reason {
    /// A name, pattern, address or setting is not valid. Trying again gives the same answer.
    INVALID,
    /// A port is taken, or the host's address is not this machine's. May pass.
    ADDRESS,
    /// No contact answered in time. Trying again is safe.
    UNREACHABLE,
    /// The stream is open already, or the name is in use in this process.
    DUPLICATE,
    /// The sensor, client or peer was closed. Open a new one.
    CLOSED,
    /// Time ran out first. Whether trying again is safe stands at the method.
    TIMEOUT,
    /// The table of rights does not allow it. Trying again gives the same answer.
    FORBIDDEN,
    /// The application is not, or no longer, in the group.
    NOT_A_MEMBER,
    /// A private message names nobody who is in the group.
    NO_SUCH_RECEIVER,
    /// Larger than the settings allow. Trying again gives the same answer.
    TOO_LARGE,
    /// A bounded queue is full and waiting was not asked for or would wait for itself. Nothing was
    /// done; trying again is safe.
    FULL,
    /// A limit allows no more subscriptions, memberships or members. May pass.
    TOO_MANY,
    /// The tables of rights or limits of this peer are not those of most peers: make them equal and
    /// restart it.
    TABLES_DIFFER,
    /// No member could give its state.
    NO_STATE,
    /// The message was accepted, but the membership ended before it was known that everybody holds
    /// it: it may or may not have been delivered.
    UNKNOWN_OUTCOME
  }

  private final Reason reason;

  public RefusedException(Reason reason, String sentence) {
    super(sentence);
    this.reason = reason;
  }

  public RefusedException(Reason reason, String sentence, Throwable cause) {
    super(sentence, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
