package io.euryale.group.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.group.Configuration;
import io.euryale.group.named.GroupMemberId;
import io.euryale.group.named.GroupName;
import io.euryale.group.named.GroupObserver;
import io.euryale.group.named.GroupSettings;
import io.euryale.group.named.GroupTrace;
import io.euryale.group.named.NamedGroups;
import io.euryale.group.named.OrderedNet;
import io.euryale.group.named.Rights;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

class RecipesTest {

  private static final GroupName GROUP = new GroupName("recipe");
  private static final PeerName APPLICATION = new PeerName("app");
  private static final int SEEDS = 150;

  /// A run of five peers; the primary component is the one that has three of the five names.
  private static final class World<R> {
    final Random random;
    final OrderedNet net;
    final Map<PeerId, NamedGroups> layers = new TreeMap<>();
    final LinkedHashMap<PeerId, R> recipes = new LinkedHashMap<>();
    final Map<String, Integer> lives = new HashMap<>();

    World(long seed) {
      random = new Random(seed * 31);
      net =
          new OrderedNet(
              seed,
              (id, node) -> {
                NamedGroups layer =
                    new NamedGroups(
                        node,
                        id,
                        Rights.OPEN,
                        GroupSettings.DEFAULT,
                        GroupObserver.NONE,
                        GroupTrace.NONE);
                layers.put(id, layer);
                return layer;
              });
    }

    boolean isPrimary(PeerId id) {
      Configuration configuration = net.configuration(id);
      return configuration != null && configuration.members().size() >= 3;
    }

    void go(
        BiFunction<PeerId, NamedGroups, R> factory,
        BiConsumer<PeerId, R> join,
        BiConsumer<PeerId, R> act,
        Runnable changed) {
      for (int i = 0; i < 5; i++) {
        boot("p" + i, factory);
      }
      net.configure(List.of(net.alive()));
      recipes.forEach(join);
      for (int step = 0; step < 1500; step++) {
        int drawn = random.nextInt(200);
        if (drawn == 0) {
          if (random.nextInt(3) == 0) {
            PeerId victim = net.alive().get(random.nextInt(net.alive().size()));
            if (net.alive().size() > 2) {
              net.crash(victim);
              recipes.remove(victim);
            }
          }
          for (int i = 0; i < 5; i++) {
            String name = "p" + i;
            if (random.nextInt(3) == 0 && !isAlive(name)) {
              boot(name, factory);
            }
          }
          configure(1 + random.nextInt(2), join);
          changed.run();
        } else if (drawn < 20) {
          PeerId id = net.alive().get(random.nextInt(net.alive().size()));
          act.accept(id, java.util.Objects.requireNonNull(recipes.get(id)));
        } else {
          net.step();
        }
      }
      for (int i = 0; i < 5; i++) {
        if (!isAlive("p" + i)) {
          boot("p" + i, factory);
        }
      }
      configure(1, join);
      changed.run();
      net.settle();
    }

    private boolean isAlive(String name) {
      return net.alive().stream().anyMatch(id -> id.name().value().equals(name));
    }

    private void boot(String name, BiFunction<PeerId, NamedGroups, R> factory) {
      PeerId id = PeerId.of(name, lives.merge(name, 1, Integer::sum));
      net.boot(id);
      recipes.put(id, factory.apply(id, java.util.Objects.requireNonNull(layers.get(id))));
    }

    private void configure(int count, BiConsumer<PeerId, R> join) {
      List<PeerId> alive = new ArrayList<>(net.alive());
      List<PeerId> fresh = alive.stream().filter(id -> net.configuration(id) == null).toList();
      Collections.shuffle(alive, random);
      List<List<PeerId>> parts = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        parts.add(new ArrayList<>());
      }
      alive.forEach(id -> parts.get(random.nextInt(count)).add(id));
      parts.removeIf(List::isEmpty);
      net.configure(parts);
      fresh.forEach(id -> join.accept(id, java.util.Objects.requireNonNull(recipes.get(id))));
    }
  }

  @Test
  void a_lock_is_fenced_by_growing_tokens_and_held_by_one_member_in_the_end() {
    int grants = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      Map<Long, PeerId> tokens = new TreeMap<>();
      Map<PeerId, Long> lastOf = new HashMap<>();
      World<Lock> world = new World<>(seed);
      String name = "seed " + seed;
      world.go(
          (id, layer) ->
              new Lock(
                  layer,
                  APPLICATION,
                  GROUP,
                  () -> world.isPrimary(id),
                  new Lock.Listener() {
                    @Override
                    public void acquired(long nowNanos, long token) {
                      assertThat(tokens.put(token, id)).as(name + " token " + token).isNull();
                      assertThat(lastOf.getOrDefault(id, 0L)).as(name).isLessThan(token);
                      lastOf.put(id, token);
                    }

                    @Override
                    public void lost(long nowNanos, long token) {
                      assertThat(tokens.get(token)).as(name).isEqualTo(id);
                    }
                  }),
          (_, lock) -> lock.join(0),
          (_, lock) -> {
            if (world.random.nextInt(3) > 0) {
              lock.acquire(0);
            } else {
              lock.release(0);
            }
          },
          () -> world.recipes.values().forEach(lock -> lock.primaryChanged(0)));
      grants += tokens.size();
      world.recipes.values().forEach(lock -> lock.acquire(0));
      for (int turn = 0; turn < 5; turn++) {
        world.net.settle();
        List<Lock> holders =
            world.recipes.values().stream().filter(lock -> lock.token() != 0).toList();
        assertThat(holders).as(name + " turn " + turn).hasSize(1);
        assertThat(holders.getFirst().token()).as(name).isEqualTo(Collections.max(tokens.keySet()));
        holders.getFirst().release(0);
      }
      world.net.settle();
      assertThat(world.recipes.values().stream().allMatch(lock -> lock.token() == 0))
          .as(name)
          .isTrue();
    }
    assertThat(grants).isGreaterThan(SEEDS);
  }

  @Test
  void maps_converge_and_keep_what_the_primary_side_wrote() {
    int writes = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      World<ReplicatedMap> world = new World<>(seed);
      String name = "seed " + seed;
      boolean isGuarded = seed % 2 == 0;
      int[] count = new int[1];
      world.go(
          (id, layer) ->
              new ReplicatedMap(
                  layer,
                  APPLICATION,
                  GROUP,
                  () -> !isGuarded || world.isPrimary(id),
                  id.name().value().equals("p0"),
                  new ReplicatedMap.Listener() {}),
          (_, map) -> map.join(0),
          (_, map) -> {
            String key = "k" + world.random.nextInt(5);
            boolean accepted =
                world.random.nextInt(4) == 0
                    ? map.remove(0, key).isAccepted()
                    : map.put(0, key, "v" + count[0]).isAccepted();
            count[0] += accepted ? 1 : 0;
          },
          () -> {});
      writes += count[0];
      for (ReplicatedMap map : world.recipes.values()) {
        assertThat(map.isCurrent()).as(name).isTrue();
        assertThat(map.put(0, "last-" + System.identityHashCode(map), "x").isAccepted()).isTrue();
      }
      world.net.settle();
      Map<String, String> first = world.recipes.values().iterator().next().snapshot();
      assertThat(first.keySet().stream().filter(key -> key.startsWith("last-"))).hasSize(5);
      for (Map.Entry<PeerId, ReplicatedMap> entry : world.recipes.entrySet()) {
        assertThat(entry.getValue().snapshot()).as(name + " " + entry.getKey()).isEqualTo(first);
      }
    }
    assertThat(writes).isGreaterThan(20 * SEEDS);
  }

  @Test
  void the_eldest_leads_with_a_growing_term_and_only_in_the_primary_component() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      World<LeaderElection> world = new World<>(seed);
      String name = "seed " + seed;
      Map<PeerId, Long> terms = new HashMap<>();
      Map<Long, GroupMemberId> leaders = new HashMap<>();
      world.go(
          (id, layer) ->
              new LeaderElection(
                  layer,
                  APPLICATION,
                  GROUP,
                  () -> world.isPrimary(id),
                  new LeaderElection.Listener() {
                    @Override
                    public void leads(
                        long nowNanos, GroupMemberId leader, long term, boolean isSelf) {
                      assertThat(isSelf).isEqualTo(leader.peer().equals(id));
                      assertThat(terms.getOrDefault(id, 0L)).as(name).isLessThanOrEqualTo(term);
                      terms.put(id, term);
                      GroupMemberId other = leaders.putIfAbsent(term, leader);
                      assertThat(other == null || other.equals(leader)).as(name).isTrue();
                    }

                    @Override
                    public void noLeader(long nowNanos) {}
                  }),
          (_, election) -> election.join(0),
          (_, election) -> election.primaryChanged(0),
          () -> world.recipes.values().forEach(election -> election.primaryChanged(0)));
      long term = Collections.max(leaders.keySet());
      assertThat(world.recipes.values()).as(name).allMatch(election -> election.term() == term);
    }
  }

  @Test
  void a_barrier_opens_when_all_have_arrived_and_not_before() {
    int opened = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      World<Barrier> world = new World<>(seed);
      String name = "seed " + seed;
      Map<PeerId, Boolean> waits = new HashMap<>();
      Map<PeerId, Integer> opens = new HashMap<>();
      int[] total = new int[1];
      world.go(
          (id, layer) ->
              new Barrier(
                  layer,
                  APPLICATION,
                  GROUP,
                  (_, members) -> {
                    assertThat(waits.get(id)).as(name + " " + id).isTrue();
                    assertThat(members).anyMatch(member -> member.peer().equals(id));
                    waits.put(id, false);
                    opens.merge(id, 1, Integer::sum);
                    total[0]++;
                  }),
          (_, barrier) -> barrier.join(0),
          (id, barrier) -> {
            waits.put(id, true);
            barrier.arrive(0);
          },
          () -> {});
      opened += total[0];
      List<PeerId> all = List.copyOf(world.recipes.keySet());
      for (PeerId id : all) {
        boolean othersWait =
            all.stream().allMatch(o -> o.equals(id) || Boolean.TRUE.equals(waits.get(o)));
        boolean isWaiting = Boolean.TRUE.equals(waits.get(id));
        Map<PeerId, Integer> before = new HashMap<>(opens);
        waits.put(id, true);
        java.util.Objects.requireNonNull(world.recipes.get(id)).arrive(0);
        world.net.settle();
        if (!isWaiting && othersWait) {
          assertThat(all)
              .as(name)
              .allMatch(o -> opens.getOrDefault(o, 0) == before.getOrDefault(o, 0) + 1);
        } else {
          assertThat(opens).as(name).isEqualTo(before);
        }
      }
    }
    assertThat(opened).isGreaterThan(SEEDS);
  }
}
