package io.euryale.lab.group;

import io.euryale.group.Service;
import io.euryale.kernel.trace.Trace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A trace event of the vocabulary of this package, read once for all checkers.
sealed interface GroupEvent {

  /// The event as it stands in the trace.
  Trace trace();

  /// The group whose layer wrote it, or null for the ordering layer and the harness.
  default @Nullable String group() {
    return null;
  }

  /// An event of a process that takes part.
  sealed interface OfLife extends GroupEvent {
    Life who();
  }

  record Boot(Trace trace, Life who) implements OfLife {}

  /// A life ends.
  ///
  /// @param torn not seen by anybody: the file of a killed process just ends
  record Crash(Trace trace, Life who, boolean torn) implements OfLife {}

  /// The application handed a message over.
  ///
  /// @param message its id when the host knew it
  /// @param lane traffic class, or -1
  record Submit(Trace trace, Life who, @Nullable Message message, int lane) implements OfLife {}

  /// A message left its queue and is bound to a configuration.
  ///
  /// @param again the same message was sent before
  record Send(
      Trace trace,
      @Nullable String group,
      Life who,
      Message message,
      Service service,
      View view,
      long digest,
      boolean again)
      implements OfLife {}

  /// A configuration, or a view of a group, is installed.
  ///
  /// @param origin of a transitional one
  record Install(
      Trace trace,
      @Nullable String group,
      Life who,
      View view,
      boolean regular,
      List<Life> members,
      @Nullable View origin)
      implements OfLife {}

  /// A message is delivered.
  ///
  /// @param again this life delivered the same message before
  record Deliver(
      Trace trace,
      @Nullable String group,
      Life who,
      Message message,
      Service service,
      View view,
      long digest,
      boolean again)
      implements OfLife {}

  record Primary(
      Trace trace, @Nullable String group, Life who, View view, long number, List<Life> members)
      implements OfLife {}

  /// A process has tried to form a primary; that it did is known from a [Primary], or later.
  record Attempt(Trace trace, Life who, long number, long attempt, List<String> names)
      implements OfLife {}

  /// An exchange showed that an attempt has to be taken for a primary.
  record Settled(Trace trace, Life who, long number, long attempt) implements OfLife {}

  /// The host refused the submission that it wrote last.
  record Refused(Trace trace, Life who, int lane) implements OfLife {}

  /// A process enters (`JOIN`) or leaves (`LEAVE`) a group of its own will.
  record Belong(Trace trace, String group, Life who, boolean joins) implements OfLife {}

  record Fault(Trace trace, String fault, boolean begins) implements GroupEvent {}

  record Quiesce(Trace trace) implements GroupEvent {}

  record End(Trace trace) implements GroupEvent {}

  /// An event of the vocabulary that cannot be read.
  record Malformed(Trace trace, String reason) implements GroupEvent {}

  /// Another layer's event.
  record Foreign(Trace trace) implements GroupEvent {}
}
