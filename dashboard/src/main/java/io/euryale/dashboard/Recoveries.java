package io.euryale.dashboard;

import io.euryale.kernel.PeerId;
import io.euryale.overlay.CellView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Explains from one picture of the overlay to the next what failed and how it was mended: who is
/// gone, which cells chose another coordinator, who found another parent, when all are back.
///
/// Times count from the fault where its author says so ([#announced]), else from the first picture
/// without the peer, and are as exact as pictures are frequent. Safe for all threads.
public final class Recoveries {

  private static final int KEPT = 60;

  /// What is seen within this time of a fault belongs to it.
  private static final long TOGETHER_NANOS = 2_500_000_000L;

  /// A fault that nobody sees is told as such after this time.
  private static final long UNSEEN_NANOS = 20_000_000_000L;

  private final List<Story> stories = new ArrayList<>();
  private Map<PeerId, Seen> before = Map.of();
  private Map<String, PeerId> coordinators = Map.of();
  private long lastId;
  private boolean changed;

  private record Seen(String cell, @Nullable PeerId parent) {}

  /// One fault and its mending.
  private static final class Story {
    final long id;
    final long beganNanos;
    final Instant began;
    final String what;
    final boolean announced;
    final Set<String> meant = new LinkedHashSet<>();
    final Map<PeerId, String> gone = new LinkedHashMap<>();
    final List<Map<String, Object>> elections = new ArrayList<>();
    final List<Map<String, Object>> moves = new ArrayList<>();
    final Map<String, Double> delays = new LinkedHashMap<>();
    @Nullable Double noticedMillis;
    @Nullable Double tookOverMillis;
    @Nullable Double mendedMillis;
    String mended = "";
    @Nullable Double backMillis;
    boolean closed;

    Story(long id, long beganNanos, Instant began, String what, boolean announced) {
      this.id = id;
      this.beganNanos = beganNanos;
      this.began = began;
      this.what = what;
      this.announced = announced;
    }

    double since(long nowNanos) {
      return Math.round((nowNanos - beganNanos) / 1e5) / 10.0;
    }
  }

  /// A fault was made on purpose.
  ///
  /// @param what in a few words, such as `SIGKILL of process 2`
  /// @param peers that it hits; none when it hits no peer
  public synchronized void announced(long nowNanos, Instant now, String what, List<String> peers) {
    Story story = add(nowNanos, now, what, true);
    story.meant.addAll(peers);
    story.closed = peers.isEmpty();
  }

  /// Somebody let peers go on that a fault had hit: from here on they can come back.
  ///
  /// @param how in a few words, such as `started again`
  public synchronized void mended(long nowNanos, List<String> peers, String how) {
    for (Story story : stories) {
      if (!story.closed && peers.stream().anyMatch(story.meant::contains)) {
        story.mendedMillis = story.since(nowNanos);
        story.mended = how;
        changed = true;
      }
    }
  }

  private Story add(long nowNanos, Instant now, String what, boolean announced) {
    Story story = new Story(++lastId, nowNanos, now, what, announced);
    stories.add(story);
    if (stories.size() > KEPT) {
      stories.removeFirst();
    }
    changed = true;
    return story;
  }

  /// The longest times that packets took lately, by class, in milliseconds: they belong to what is
  /// being mended.
  public synchronized void delays(Map<String, Double> longestMillis) {
    for (Story story : stories) {
      if (!story.closed && !story.meant.isEmpty()) {
        longestMillis.forEach(
            (trafficClass, millis) -> story.delays.merge(trafficClass, millis, Math::max));
        changed = true;
      }
    }
  }

  /// A new picture.
  ///
  /// @param cells all of them
  public synchronized void picture(long nowNanos, Instant now, List<CellView> cells) {
    Map<PeerId, Seen> present = new LinkedHashMap<>();
    Map<String, PeerId> leading = new LinkedHashMap<>();
    for (CellView cell : cells) {
      String id = cell.cell().toString();
      leading.put(id, cell.coordinator());
      cell.members().forEach(member -> present.put(member.id(), new Seen(id, member.parent())));
    }
    if (!before.isEmpty()) {
      lookForGone(nowNanos, now, present);
      lookForElections(nowNanos, leading);
      lookForMoves(nowNanos, present);
    }
    for (Story story : stories) {
      if (!story.closed) {
        proceed(story, nowNanos, present, leading);
      }
    }
    before = present;
    coordinators = leading;
  }

  private void lookForGone(long nowNanos, Instant now, Map<PeerId, Seen> present) {
    before.forEach(
        (peer, seen) -> {
          if (!present.containsKey(peer)) {
            Story story = storyOf(peer.name().value(), nowNanos);
            if (story == null) {
              story = add(nowNanos, now, "Not heard of any more", false);
            }
            story.meant.add(peer.name().value());
            story.gone.put(peer, seen.cell());
            changed = true;
          }
        });
  }

  /// The latest open story that names the peer, else one that has just begun by itself.
  private @Nullable Story storyOf(String peer, long nowNanos) {
    Story begun = null;
    for (Story story : stories) {
      if (!story.closed && !story.announced && nowNanos - story.beganNanos < TOGETHER_NANOS) {
        begun = story;
      }
    }
    for (Story story : stories.reversed()) {
      if (!story.closed && story.meant.contains(peer)) {
        return story;
      }
    }
    return begun;
  }

  private void lookForElections(long nowNanos, Map<String, PeerId> leading) {
    leading.forEach(
        (cell, leader) -> {
          PeerId last = coordinators.get(cell);
          Story story = last == null || last.equals(leader) ? null : latestWith(last);
          if (story != null && last != null) {
            story.elections.add(
                entry(story, nowNanos, "cell", cell, last.name().value(), leader.name().value()));
            changed = true;
          }
        });
  }

  private void lookForMoves(long nowNanos, Map<PeerId, Seen> present) {
    present.forEach(
        (peer, seen) -> {
          Seen last = before.get(peer);
          PeerId parent = last == null ? null : last.parent();
          PeerId next = seen.parent();
          Story story =
              parent == null || next == null || parent.equals(next) ? null : latestWith(parent);
          if (story != null && parent != null && next != null) {
            story.moves.add(
                entry(
                    story,
                    nowNanos,
                    "peer",
                    peer.name().value(),
                    parent.name().value(),
                    next.name().value()));
            changed = true;
          }
        });
  }

  private static Map<String, Object> entry(
      Story story, long nowNanos, String kind, String who, String from, String to) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put(kind, who);
    entry.put("from", from);
    entry.put("to", to);
    entry.put("afterMillis", story.since(nowNanos));
    return entry;
  }

  private @Nullable Story latestWith(PeerId peer) {
    for (Story story : stories.reversed()) {
      if (!story.closed && story.meant.contains(peer.name().value())) {
        return story;
      }
    }
    return null;
  }

  private void proceed(
      Story story, long nowNanos, Map<PeerId, Seen> present, Map<String, PeerId> leading) {
    Set<String> names = new LinkedHashSet<>();
    present.keySet().forEach(peer -> names.add(peer.name().value()));
    Set<String> missed = new LinkedHashSet<>();
    story.gone.keySet().forEach(peer -> missed.add(peer.name().value()));
    // Who had no place before, the fault took none from.
    if (story.noticedMillis == null
        && story.meant.stream().allMatch(name -> missed.contains(name) || !names.contains(name))) {
      story.noticedMillis = story.since(nowNanos);
      changed = true;
    }
    if (story.noticedMillis != null && story.tookOverMillis == null) {
      // Who was missed and is here again as it was leads and serves by right.
      boolean pending =
          story.gone.keySet().stream()
              .filter(peer -> !present.containsKey(peer))
              .anyMatch(
                  peer ->
                      leading.containsValue(peer)
                          || present.values().stream().anyMatch(s -> peer.equals(s.parent())));
      if (!pending) {
        story.tookOverMillis = story.since(nowNanos);
        changed = true;
      }
    }
    if (story.tookOverMillis != null && names.containsAll(story.meant)) {
      story.backMillis = story.since(nowNanos);
      story.closed = true;
      changed = true;
    } else if (story.noticedMillis == null
        && nowNanos - story.beganNanos > UNSEEN_NANOS
        && (missed.isEmpty() || names.containsAll(story.meant))) {
      story.closed = true; // Over before a picture was made, or before all were missed.
      changed = true;
    }
  }

  /// Whether something is to be told that was not yet; asking forgets.
  synchronized boolean takeChanged() {
    boolean was = changed;
    changed = false;
    return was;
  }

  /// Whether anything is being mended.
  public synchronized boolean isOpen() {
    return stories.stream().anyMatch(story -> !story.closed);
  }

  /// All stories, the latest first, for the page.
  public synchronized List<Map<String, Object>> told() {
    List<Map<String, Object>> told = new ArrayList<>();
    for (Story story : stories.reversed()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("id", story.id);
      one.put("at", story.began.toString());
      one.put("what", story.what);
      one.put("announced", story.announced);
      one.put("peers", List.copyOf(story.meant));
      one.put("cells", List.copyOf(new LinkedHashSet<>(story.gone.values())));
      one.put("elections", List.copyOf(story.elections));
      one.put("moves", List.copyOf(story.moves));
      one.put("delays", Map.copyOf(story.delays));
      one.put("noticedMillis", story.noticedMillis);
      one.put("tookOverMillis", story.tookOverMillis);
      one.put("mendedMillis", story.mendedMillis);
      one.put("mended", story.mended);
      one.put("backMillis", story.backMillis);
      one.put("closed", story.closed);
      told.add(one);
    }
    return told;
  }
}
