package io.euryale.group.named;

import io.euryale.group.Service;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An application in one group: checks what it is given, and keeps a state that every replica must
/// have alike. The state is a hash over the ordered messages since the last view that began a new
/// configuration.
final class Probe implements GroupEvents {

  final Ledger ledger;
  final Random random;
  final GroupMemberId id;
  final GroupName group;
  final boolean isReplica;
  private @Nullable GroupView view;
  private boolean isGone;
  private boolean isAwaiting;
  private boolean isFresh;
  private @Nullable StringBuilder incoming;
  private long state;
  private String stateBase = "";
  private final Map<String, Integer> last = new HashMap<>();
  private final Set<Long> told = new HashSet<>();

  /// Tokens of accepted multicasts that have not come back.
  final Set<Long> owed = new LinkedHashSet<>();

  final Set<Long> unstable = new LinkedHashSet<>();
  final ArrayDeque<Slow> sources = new ArrayDeque<>();

  Probe(Ledger ledger, Random random, GroupMemberId id, GroupName group, boolean isReplica) {
    this.ledger = ledger;
    this.random = random;
    this.id = id;
    this.group = group;
    this.isReplica = isReplica;
    this.isAwaiting = isReplica;
  }

  boolean isIn() {
    return view != null && !isGone;
  }

  boolean isGone() {
    return isGone;
  }

  @Nullable GroupView view() {
    return view;
  }

  long state() {
    return state;
  }

  boolean hasState() {
    return isReplica && !isAwaiting && view != null && !isGone;
  }

  @Override
  public void view(long nowNanos, GroupView next) {
    alive();
    if (isAwaiting) {
      Ledger.broken("state", id + " was given a view before its state");
    }
    if (!next.members().contains(id)) {
      Ledger.broken("CF-1", id + " is not in " + next);
    }
    GroupView before = view;
    if (before != null && before.id().compareTo(next.id()) > 0) {
      Ledger.broken("CF-3", id + " went from " + before.id() + " to " + next.id());
    }
    boolean isNew =
        next.isRegular()
            && next.cause() == GroupView.Cause.CONFIGURATION
            && !stateBase.equals(next.id().toString());
    if (isNew || isFresh) {
      isFresh = false;
      stateBase = next.id().toString();
      state = Hash.of(stateBase);
    }
    view = next;
  }

  @Override
  public void message(long nowNanos, GroupMessage message) {
    alive();
    GroupView here = view;
    if (here == null || !here.id().equals(message.view())) {
      Ledger.broken("CF-7", id + " was given a message of " + message.view() + " in " + here);
    }
    String text = Ledger.text(message.payload());
    String[] parts = text.split(" ", -1);
    if (parts[0].equals("private") != message.isPrivate()) {
      Ledger.broken("private", id + " was given " + text);
    }
    if (message.isPrivate() && !text.contains("[" + id + "]")) {
      Ledger.broken("private", id + " was given " + text);
    }
    if (!parts[1].equals(message.sender().toString())) {
      Ledger.broken("EV-1a", text + " is said to come from " + message.sender());
    }
    int count = Integer.parseInt(parts[2]);
    Service service = message.service();
    if (service != Service.UNRELIABLE && service != Service.RELIABLE) {
      Integer before = last.put(parts[1], count);
      if (before != null && before >= count) {
        Ledger.broken("EV-6", id + " was given " + text + " after number " + before);
      }
    }
    if (message.isOwn()) {
      if (message.token() != count) {
        Ledger.broken("token", text + " has token " + message.token());
      }
      owed.remove(message.token());
    }
    if (!message.isPrivate() && service.isOrdered()) {
      state = Hash.chain(state, Hash.of(text));
      if (isReplica) {
        ledger.state(message, text, stateBase + " " + state);
      }
    }
  }

  @Override
  public void stable(long nowNanos, long token) {
    if (!told.add(token)) {
      Ledger.broken("stable", id + " was told twice that " + token + " is stable");
    }
    unstable.remove(token);
  }

  @Override
  public void refused(long nowNanos, Refusal refusal) {}

  @Override
  public void left(long nowNanos, GroupView.Cause cause) {
    alive();
    isGone = true;
  }

  private void alive() {
    if (isGone) {
      Ledger.broken("left", id + " was told something after it had left " + group);
    }
  }

  final class Slow implements StateSource {
    private final byte[] bytes;
    private int at;
    private boolean isReady = random.nextInt(3) > 0;
    private final boolean fails = random.nextInt(20) == 0;
    private boolean isClosed;

    private final GroupMemberId receiver;

    Slow(String text, GroupMemberId receiver) {
      this.receiver = receiver;
      bytes = text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
      return "state of " + group + " from " + id + " to " + receiver + ", " + at + " bytes";
    }

    boolean isClosed() {
      return isClosed;
    }

    void ready() {
      isReady = true;
    }

    @Override
    public @Nullable ByteBuffer next() {
      if (isClosed) {
        Ledger.broken("state", "A closed source was asked");
      }
      if (at == bytes.length || !isReady || fails) {
        return null;
      }
      isReady = random.nextInt(3) > 0;
      int size = Math.min(bytes.length - at, 1 + random.nextInt(12));
      ByteBuffer chunk = ByteBuffer.wrap(bytes, at, size);
      at += size;
      return chunk;
    }

    @Override
    public boolean isFinished() {
      return at == bytes.length;
    }

    @Override
    public boolean isFailed() {
      return fails;
    }

    @Override
    public void close() {
      if (isClosed) {
        Ledger.broken("state", "A source was closed twice");
      }
      isClosed = true;
    }
  }

  @Override
  public @Nullable StateSource snapshot(long nowNanos, GroupMemberId receiver) {
    alive();
    if (isAwaiting) {
      Ledger.broken("state", id + " was asked for state that it does not have");
    }
    if (random.nextInt(20) == 0) {
      return null;
    }
    Slow source = new Slow(state + " " + stateBase, receiver);
    sources.add(source);
    return source;
  }

  @Override
  public void stateBegins(long nowNanos, GroupMemberId giver) {
    alive();
    incoming = new StringBuilder();
  }

  @Override
  public void state(long nowNanos, ByteBuffer chunk) {
    StringBuilder text = incoming;
    if (text == null) {
      Ledger.broken("state", "A chunk came before the beginning");
    } else {
      text.append(Ledger.text(chunk));
    }
  }

  @Override
  public void stateComplete(long nowNanos, GroupMemberId giver) {
    String[] parts = String.valueOf(incoming).split(" ", 2);
    state = Long.parseLong(parts[0]);
    stateBase = parts[1];
    incoming = null;
    isAwaiting = false;
    owed.clear(); // The state may contain them.
    ledger.transfers++;
  }

  @Override
  public void noState(long nowNanos) {
    alive();
    isAwaiting = false;
    isFresh = true;
    incoming = null;
    owed.clear();
  }
}
