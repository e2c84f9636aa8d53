package io.euryale.group.recipe;

import io.euryale.group.Service;
import io.euryale.group.named.Admission;
import io.euryale.group.named.GroupEvents;
import io.euryale.group.named.GroupMemberId;
import io.euryale.group.named.GroupMessage;
import io.euryale.group.named.GroupName;
import io.euryale.group.named.GroupView;
import io.euryale.group.named.JoinOptions;
import io.euryale.group.named.NamedGroups;
import io.euryale.group.named.Refusal;
import io.euryale.group.named.StateSource;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A map of texts that all members hold in memory. Writes take effect in one order everywhere;
/// reads are local, of a state that existed at some place of the order, and never go back except
/// when the
/// sides of a partition meet.
///
/// A joiner is given the content. After a change of the configuration all members report what they
/// have; those that have not the latest are given it by one that has, and what only they had is
/// lost ([Listener#replaced]). With a guard only the primary side accepts writes, and its content
/// wins, so nothing accepted is lost unless it was under way while the side ceased to be primary;
/// SAFE writes that were delivered in a regular view are then held by every member of it. Without
/// a guard the side with the latest write wins and the writes of the others are lost.
public final class ReplicatedMap implements GroupEvents {

  /// Told about the content.
  public interface Listener {
    /// A write took effect.
    ///
    /// @param value null when the key was removed
    default void changed(long nowNanos, String key, @Nullable String value, long position) {}

    /// The whole content was replaced by that of another member.
    default void replaced(long nowNanos) {}
  }

  /// What a member has: the last write in the primary component, the last write, and a hash.
  private record Version(long primary, long last, long digest) implements Comparable<Version> {
    static Version read(WireReader in) {
      return new Version(in.i64("primary"), in.i64("last"), in.i64("digest"));
    }

    WireWriter write(WireWriter out) {
      return out.i64(primary).i64(last).i64(digest);
    }

    /// Whether the content is the same; members learn at different times that they are primary.
    boolean isSame(Version other) {
      return last == other.last && digest == other.digest;
    }

    @Override
    public int compareTo(Version other) {
      int byPrimary = Long.compare(primary, other.primary);
      int byLast = byPrimary != 0 ? byPrimary : Long.compare(last, other.last);
      return byLast != 0 ? byLast : Long.compare(digest, other.digest);
    }
  }

  private static final int WRITE = 1;
  private static final int REPORT = 2;
  private static final int MAX_TEXT = 60_000;

  private final NamedGroups groups;
  private final PeerName application;
  private final GroupName group;
  private final BooleanSupplier primary;
  private final boolean isSafe;
  private final Listener listener;
  private final WireWriter writer = new WireWriter();
  private final WireReader reader = new WireReader();

  private final TreeMap<String, String> content = new TreeMap<>();
  private Version version = new Version(0, 0, 0);
  private @Nullable GroupView view;

  /// The view whose members report, who has to, and what they said; empty when all have.
  private String round = "";

  private final TreeSet<String> awaited = new TreeSet<>();
  private final TreeMap<String, Version> said = new TreeMap<>();

  /// What this member had when the round began.
  private Version reported = new Version(0, 0, 0);

  private boolean isBehind;
  private boolean isReportUnsent;

  /// @param isSafe whether writes take effect only when every member of the configuration holds
  /// them
  public ReplicatedMap(
      NamedGroups groups,
      PeerName application,
      GroupName group,
      BooleanSupplier primary,
      boolean isSafe,
      Listener listener) {
    this.groups = groups;
    this.application = application;
    this.group = group;
    this.primary = primary;
    this.isSafe = isSafe;
    this.listener = listener;
  }

  /// Takes part; the content comes first.
  public Admission join(long nowNanos) {
    return groups.join(nowNanos, application, group, JoinOptions.REPLICA, this);
  }

  /// Takes part no more.
  public Admission leave(long nowNanos) {
    return groups.leave(nowNanos, application, group);
  }

  /// Sets a key; takes effect at its place in the order.
  public Admission put(long nowNanos, String key, String value) {
    return write(nowNanos, key, value);
  }

  /// Removes a key; takes effect at its place in the order.
  public Admission remove(long nowNanos, String key) {
    return write(nowNanos, key, null);
  }

  /// The value of a key, or null.
  public @Nullable String get(String key) {
    return content.get(key);
  }

  /// A copy of everything, sorted by key.
  public Map<String, String> snapshot() {
    return new TreeMap<>(content);
  }

  /// Whether this member has the group's content: it was given it, and no reports are outstanding.
  public boolean isCurrent() {
    return view != null && awaited.isEmpty() && !isBehind;
  }

  private Admission write(long nowNanos, String key, @Nullable String value) {
    if (!primary.getAsBoolean()) {
      return Admission.refused(
          Refusal.Reason.FORBIDDEN,
          "This side of the network is not the primary component; write again when it is");
    }
    if (key.length() > MAX_TEXT / 3 || (value != null && value.length() > MAX_TEXT / 3)) {
      return Admission.refused(
          Refusal.Reason.TOO_LARGE, "Keys and values have at most 20,000 characters");
    }
    writer.start(WRITE);
    entry(key, value);
    return groups.multicast(
        nowNanos, application, group, isSafe ? Service.SAFE : Service.AGREED, 0, writer.frame());
  }

  private void entry(String key, @Nullable String value) {
    writer.text(key).u8(value == null ? 0 : 1).text(value == null ? "" : value);
  }

  private void report(long nowNanos) {
    if (isReportUnsent) {
      writer.start(REPORT).text(round);
      reported.write(writer);
      isReportUnsent =
          !groups
              .multicast(nowNanos, application, group, Service.AGREED, 0, writer.frame())
              .isAccepted();
    }
  }

  @Override
  public void view(long nowNanos, GroupView next) {
    view = next;
    if (!next.isRegular()) {
      return;
    }
    if (next.cause() == GroupView.Cause.CONFIGURATION) {
      String id = next.id().toString();
      if (!round.equals(id)) {
        round = id;
        awaited.clear();
        next.members().forEach(member -> awaited.add(member.toString()));
        said.clear();
        reported = version;
        isBehind = false;
        isReportUnsent = true;
        report(nowNanos);
      }
    } else if (next.cause() != GroupView.Cause.JOIN) {
      awaited.retainAll(next.members().stream().map(GroupMemberId::toString).toList());
      decide(nowNanos);
    }
  }

  @Override
  public void message(long nowNanos, GroupMessage message) {
    reader.over(message.payload());
    int type = reader.u8("type");
    if (type == WRITE) {
      String key = reader.text(MAX_TEXT, "key");
      boolean isSet = reader.u8("set") != 0;
      String value = reader.text(MAX_TEXT, "value");
      if (reader.failure() == null) {
        apply(nowNanos, key, isSet ? value : null, message.position());
      }
    } else if (type == REPORT) {
      String of = reader.text(400, "round");
      Version has = Version.read(reader);
      String from = message.sender().toString();
      if (reader.failure() == null && of.equals(round) && awaited.remove(from)) {
        said.put(from, has);
        decide(nowNanos);
      }
    }
  }

  /// All have reported: whoever has not the latest asks one that has.
  private void decide(long nowNanos) {
    GroupView present = view;
    if (!awaited.isEmpty() || said.isEmpty() || present == null || isBehind) {
      return;
    }
    Version latest = reported;
    for (Version version : said.values()) {
      latest = latest.compareTo(version) < 0 ? version : latest;
    }
    if (latest.isSame(reported)) {
      return;
    }
    for (GroupMemberId member : present.members()) {
      Version has = said.get(member.toString());
      if (has != null && has.isSame(latest)) {
        isBehind = groups.requestState(nowNanos, application, group, member).isAccepted();
        return;
      }
    }
    said.values().removeIf(latest::isSame); // Nobody that had it is there any more.
    decide(nowNanos);
  }

  private void apply(long nowNanos, String key, @Nullable String value, long position) {
    if (value == null) {
      content.remove(key);
    } else {
      content.put(key, value);
    }
    long digest = version.digest() * 31 + key.hashCode();
    digest = digest * 31 + (value == null ? 0 : value.hashCode());
    version = new Version(primary.getAsBoolean() ? position : version.primary(), position, digest);
    listener.changed(nowNanos, key, value, position);
  }

  @Override
  public void writable(long nowNanos) {
    report(nowNanos);
  }

  @Override
  public void refused(long nowNanos, Refusal refusal) {
    if (isBehind && refusal.reason() == Refusal.Reason.NO_STATE) {
      isBehind = false;
      decide(nowNanos); // The one that has it is gone; perhaps there is another.
    }
  }

  @Override
  public void left(long nowNanos, GroupView.Cause cause) {
    view = null;
    round = "";
    awaited.clear();
  }

  /// The content as it is, with the round of reports that is going on, so that the receiver can
  /// judge what it was given.
  private final class Snapshot implements StateSource {
    private final Iterator<Map.Entry<String, String>> entries =
        new TreeMap<>(content).entrySet().iterator();
    private @Nullable ByteBuffer head;

    Snapshot() {
      WireWriter out = new WireWriter();
      out.start(0);
      version.write(out);
      reported.write(out);
      out.text(round).u16(said.size());
      said.forEach((member, has) -> has.write(out.text(member)));
      out.u16(awaited.size());
      awaited.forEach(out::text);
      head = out.frame();
    }

    @Override
    public @Nullable ByteBuffer next() {
      ByteBuffer first = head;
      if (first != null) {
        head = null;
        return framed(first);
      }
      if (!entries.hasNext()) {
        return null;
      }
      Map.Entry<String, String> next = entries.next();
      return framed(new WireWriter().start(1).text(next.getKey()).text(next.getValue()).frame());
    }

    private static ByteBuffer framed(ByteBuffer body) {
      return ByteBuffer.allocate(4 + body.remaining()).putInt(body.remaining()).put(body).flip();
    }

    @Override
    public boolean isFinished() {
      return head == null && !entries.hasNext();
    }
  }

  @Override
  public @Nullable StateSource snapshot(long nowNanos, GroupMemberId receiver) {
    return isBehind ? null : new Snapshot();
  }

  /// Pieces of a record that came in more than one chunk.
  private ByteBuffer partial = ByteBuffer.allocate(1024);

  @Override
  public void stateBegins(long nowNanos, GroupMemberId giver) {
    content.clear();
    partial.clear();
  }

  @Override
  public void state(long nowNanos, ByteBuffer chunk) {
    if (partial.remaining() < chunk.remaining()) {
      partial =
          ByteBuffer.allocate(2 * (partial.position() + chunk.remaining())).put(partial.flip());
    }
    partial.put(chunk);
    partial.flip();
    while (partial.remaining() >= 4
        && partial.remaining() - 4 >= partial.getInt(partial.position())) {
      int size = partial.getInt();
      record(partial.slice(partial.position(), size));
      partial.position(partial.position() + size);
    }
    partial.compact();
  }

  private void record(ByteBuffer bytes) {
    reader.over(bytes);
    if (reader.u8("type") == 1) {
      String key = reader.text(MAX_TEXT, "key");
      content.put(key, reader.text(MAX_TEXT, "value"));
      return;
    }
    version = Version.read(reader);
    reported = Version.read(reader);
    round = reader.text(400, "round");
    said.clear();
    awaited.clear();
    for (int count = reader.count(60_000, "said"); count > 0; count--) {
      String member = reader.text(400, "member");
      said.put(member, Version.read(reader));
    }
    for (int count = reader.count(60_000, "awaited"); count > 0; count--) {
      awaited.add(reader.text(400, "member"));
    }
  }

  @Override
  public void stateComplete(long nowNanos, GroupMemberId giver) {
    isBehind = false;
    isReportUnsent = false;
    listener.replaced(nowNanos);
    decide(nowNanos);
  }

  @Override
  public void noState(long nowNanos) {
    content.clear();
    version = new Version(0, 0, 0);
    isBehind = false;
    listener.replaced(nowNanos);
  }
}
