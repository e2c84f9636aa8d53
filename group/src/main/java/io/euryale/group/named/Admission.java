package io.euryale.group.named;

/// The immediate answer to a request.
public sealed interface Admission {

  /// It is queued and will be done in its place; it is bound to the configuration and view of the
  /// time it leaves the queue.
  record Accepted() implements Admission {}

  /// It will not be done.
  record Refused(Refusal refusal) implements Admission {}

  static Admission accepted() {
    return new Accepted();
  }

  static Admission refused(Refusal.Reason reason, String text) {
    return new Refused(new Refusal(reason, text));
  }

  default boolean isAccepted() {
    return this instanceof Accepted;
  }
}
