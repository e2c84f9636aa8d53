package io.euryale.group.primary;

import io.euryale.group.Configuration;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Decides which component of a partitioned group is the primary one. A state machine over the
/// safe deliveries of one ordering space; see the package. One thread; no clock of its own.
///
/// The host calls [#regular], [#transitional] and [#message] in the order of delivery and
/// [#persisted] when writes are durable, at any time between them.
public final class Primary {

  private final PrimaryMachine machine;
  private final WireReader reader = new WireReader();
  private final WireWriter writer = new WireWriter();
  private final PrimaryOutput output;
  private long nowNanos;

  /// A member that starts or recovers; it is in no configuration yet.
  ///
  /// @param durable the record that was durable when it ended, from [PrimaryCodec#readRecord];
  ///     null when there is none. A record that cannot be read is no missing record: do not
  ///     start then
  /// @param charter from the settings; counts only while there is no record
  public Primary(
      PeerName self, @Nullable PrimaryRecord durable, Charter charter, PrimaryOutput output) {
    this(self, durable, charter, output, PrimaryRules.SOUND);
  }

  Primary(
      PeerName self,
      @Nullable PrimaryRecord durable,
      Charter charter,
      PrimaryOutput output,
      PrimaryRules rules) {
    this.output = output;
    PrimaryRecord start = durable == null ? PrimaryRecord.initial(charter) : durable;
    this.machine = new PrimaryMachine(self, start, rules, new Bytes());
  }

  /// A regular configuration was installed.
  ///
  /// @throws IllegalStateException when the host did not deliver a transitional one before
  public void regular(long now, Configuration configuration) {
    nowNanos = now;
    machine.regular(configuration);
  }

  /// A transitional configuration was installed.
  ///
  /// @throws IllegalStateException when it does not follow a regular one
  public void transitional(long now, Configuration configuration) {
    nowNanos = now;
    machine.transitional(configuration);
  }

  /// A SAFE message of this layer was delivered; own ones too.
  public void message(long now, PeerId sender, ByteBuffer payload) {
    nowNanos = now;
    switch (PrimaryCodec.decode(reader, payload)) {
      case Decoded.Ok<PrimaryMessage>(PrimaryMessage message) -> machine.message(sender, message);
      case Decoded.Unknown<PrimaryMessage>(int type) ->
          output.skipped(now, "type " + type + " of " + sender);
      case Decoded.Malformed<PrimaryMessage>(int offset, String reason) ->
          output.skipped(now, sender + ", byte " + offset + ": " + reason);
    }
  }

  /// The oldest record handed to [PrimaryOutput#persist] is durable.
  public void persisted(long now) {
    nowNanos = now;
    machine.persisted();
  }

  public PrimaryState state() {
    return machine.state();
  }

  /// Whether this member is in the primary component as far as it knows: a straggler may believe
  /// so while a later one exists, but none of its SAFE messages is delivered in its regular
  /// configuration then.
  public boolean isPrimary() {
    return machine.state() == PrimaryState.REG_PRIM;
  }

  /// What this member knows, for views and tests.
  public PrimaryRecord record() {
    return machine.record();
  }

  private final class Bytes implements PrimaryMachine.Out {
    @Override
    public void multicast(PrimaryMessage message) {
      output.multicast(nowNanos, PrimaryCodec.encode(writer, message));
    }

    @Override
    public void persist(PrimaryRecord record) {
      output.persist(nowNanos, PrimaryCodec.writeRecord(writer, record));
    }

    @Override
    public void moved(PrimaryState from, PrimaryState to) {
      output.state(nowNanos, from, to);
    }

    @Override
    public void attempted(Component component) {
      output.attempt(nowNanos, component);
    }

    @Override
    public void installed(Configuration regular, Component component) {
      output.primary(nowNanos, regular, component);
    }

    @Override
    public void settled(Component component) {
      output.settled(nowNanos, component);
    }

    @Override
    public void concluded(Verdict verdict) {
      output.verdict(nowNanos, verdict);
    }
  }
}
