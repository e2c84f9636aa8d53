package io.euryale.group.primary;

import io.euryale.group.Configuration;
import java.nio.ByteBuffer;

/// What a [Primary] asks its host for and tells it; all of it is called from inside a call into
/// the [Primary], by the same thread, and must not call back into it. Buffers are valid only
/// during the call.
public interface PrimaryOutput {

  /// Multicast to all members of the present configuration with service SAFE. When there is no
  /// room the host keeps the message and sends it later; a configuration change meanwhile is
  /// harmless.
  void multicast(long nowNanos, ByteBuffer payload);

  /// Replace the durable record. When it is on disk the host calls [Primary#persisted], once for
  /// each call of this, in order. A host that cannot write must stop the member: going on would
  /// break promises that others rely on.
  void persist(long nowNanos, ByteBuffer record);

  /// The regular configuration became a primary component. Called at the same place of the total
  /// order at all members that install in the regular configuration; a member that learns of it
  /// in the transitional one is told there ([PrimaryState#TRANS_PRIM]) and is no longer in it.
  void primary(long nowNanos, Configuration regular, Component component);

  /// An exchange showed that a component this member is listed in, and was not told of before,
  /// did form or has to be taken as formed. It is history: nobody is in it any more.
  void settled(long nowNanos, Component component);

  /// The state changed.
  void state(long nowNanos, PrimaryState from, PrimaryState to);

  /// A create-primary message was sent; the attempt is durable here.
  void attempt(long nowNanos, Component component);

  /// What an exchange came to; the reason to show when there is no primary.
  void verdict(long nowNanos, Verdict verdict);

  /// A message was skipped: of a type of later versions, or malformed.
  void skipped(long nowNanos, String reason);
}
