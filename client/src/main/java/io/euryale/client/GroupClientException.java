package io.euryale.client;

/// A request that was not met. The message is one sentence for a person: what was refused, why and
/// what to do.
public final class GroupClientException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// Why; whether trying again is safe and sensible stands at each.
  public enum Reason {
    /// A name or path is not valid. Trying again gives the same answer.
    INVALID,
    /// No peer answers at the socket. Trying again is safe.
    UNREACHABLE,
    /// The name or the group is in use by this or another session.
    DUPLICATE,
    /// The table of rights does not allow it. Trying again gives the same answer.
    FORBIDDEN,
    /// The application is not, or no longer, in the group. Nothing was done.
    NOT_A_MEMBER,
    /// A private message names nobody who is in the group. Nothing was sent.
    NO_SUCH_RECEIVER,
    /// Larger than the peer allows. Trying again gives the same answer.
    TOO_LARGE,
    /// The queue is full, and waiting was not asked for or would wait for itself. Nothing was done;
    /// trying again is safe.
    FULL,
    /// The peer allows no more sessions, groups or members. May pass.
    TOO_MANY,
    /// No member could give its state.
    NO_STATE,
    /// The client was closed.
    CLOSED,
    /// There is no connection to the peer at the moment. Nothing was sent; trying again is safe.
    DISCONNECTED,
    /// The message was accepted, but the connection or the membership ended before it was known
    /// that everybody holds it: it may or may not have been delivered. Trying again may repeat it.
    UNKNOWN_OUTCOME,
    /// Time ran out first; what was asked for may still happen.
    TIMEOUT,
    /// A reason that this version does not know; the sentence says what it is.
    OTHER
  }

  private final Reason reason;

  public GroupClientException(Reason reason, String sentence) {
    super(sentence);
    this.reason = reason;
  }

  public GroupClientException(Reason reason, String sentence, Throwable cause) {
    super(sentence, cause);
    this.reason = reason;
  }

  static GroupClientException of(String reason, String sentence) {
    for (Reason known : Reason.values()) {
      if (known.name().equals(reason)) {
        return new GroupClientException(known, sentence);
      }
    }
    return new GroupClientException(Reason.OTHER, sentence);
  }

  public Reason reason() {
    return reason;
  }
}
