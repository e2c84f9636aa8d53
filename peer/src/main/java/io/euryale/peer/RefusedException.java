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
    TIMEOUT
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
