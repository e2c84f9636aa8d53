package io.euryale.group.membership;

import io.euryale.group.Configuration;
import io.euryale.group.Delivery;
import io.euryale.group.Service;
import io.euryale.group.Submission;
import io.euryale.group.primary.Component;
import io.euryale.group.primary.Primary;
import io.euryale.group.primary.PrimaryOutput;
import io.euryale.group.primary.PrimaryState;
import io.euryale.group.primary.Verdict;
import io.euryale.kernel.DatagramHome;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.trace.TraceEvent;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The primary component over the control class's ordered messages.
final class PrimaryHost implements Delivery, PrimaryOutput {

  /// Number of the record on disk.
  static final int RECORD = 1;

  private final DatagramHome home;
  private final MemberListener listener;
  private final Primary primary;

  /// Messages that found no room, in their order.
  private final ArrayDeque<ByteBuffer> waiting = new ArrayDeque<>();

  private @Nullable Submission down;
  private boolean votes = true;

  PrimaryHost(DatagramHome home, MemberListener listener, Function<PrimaryOutput, Primary> make) {
    this.home = home;
    this.listener = listener;
    primary = make.apply(this);
  }

  void sendThrough(Submission submission) {
    down = submission;
  }

  /// Whether this member takes part in making the configuration to come the primary one. Without
  /// its state message nobody can.
  void votes(boolean takesPart) {
    votes = takesPart;
  }

  Primary primary() {
    return primary;
  }

  void persisted(long now) {
    primary.persisted(now);
  }

  @Override
  public void regular(long now, Configuration configuration) {
    waiting.clear();
    primary.regular(now, configuration);
  }

  @Override
  public void transitional(long now, Configuration configuration) {
    primary.transitional(now, configuration);
  }

  @Override
  public void message(long now, PeerId sender, long sequence, Service service, ByteBuffer payload) {
    primary.message(now, sender, payload);
  }

  @Override
  public void sent(long now, long sequence, Service service, ByteBuffer payload) {}

  @Override
  public void stable(long now, long sequence) {}

  @Override
  public void writable(long now) {
    while (!waiting.isEmpty() && submit(waiting.element())) {
      waiting.remove();
    }
  }

  private boolean submit(ByteBuffer payload) {
    Submission through = down;
    return through != null && through.submit(Service.SAFE, payload);
  }

  @Override
  public void multicast(long now, ByteBuffer payload) {
    if (votes && (!waiting.isEmpty() || !submit(payload))) {
      waiting.add(ByteBuffer.allocate(payload.remaining()).put(payload.duplicate()).flip());
    }
  }

  @Override
  public void persist(long now, ByteBuffer record) {
    home.persist(RECORD, record);
  }

  @Override
  public void primary(long now, Configuration regular, Component component) {
    home.observe(
        TraceEvent.of(
            "PRIMARY",
            "x",
            regular.id().toString(),
            "primaryIndex",
            component.index(),
            "members",
            Traces.members(regular.members())));
    listener.primary(now, regular, component);
  }

  @Override
  public void settled(long now, Component component) {
    home.observe(
        TraceEvent.of(
            "SETTLED", "primaryIndex", component.index(), "attempt", component.attempt()));
  }

  @Override
  public void state(long now, PrimaryState from, PrimaryState to) {
    home.observe(TraceEvent.of("STATE", "from", word(from), "to", word(to)));
    listener.primaryState(now, from, to);
  }

  /// The name of a state in [4] §5.
  private static String word(PrimaryState state) {
    StringBuilder word = new StringBuilder();
    for (String part : state.name().split("_")) {
      word.append(part.charAt(0)).append(part.substring(1).toLowerCase(Locale.ROOT));
    }
    return word.toString();
  }

  @Override
  public void attempt(long now, Component component) {
    home.observe(
        TraceEvent.of(
            "ATTEMPT",
            "primaryIndex",
            component.index(),
            "attempt",
            component.attempt(),
            "members",
            List.copyOf(component.names().stream().map(Object::toString).toList())));
  }

  @Override
  public void verdict(long now, Verdict verdict) {
    listener.verdict(now, verdict);
  }

  @Override
  public void skipped(long now, String reason) {
    home.observe(TraceEvent.of("SKIPPED", "reason", reason));
  }
}
