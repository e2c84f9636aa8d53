package io.euryale.lab.group;

import io.euryale.group.Service;
import io.euryale.lab.group.GroupEvent.Deliver;
import io.euryale.lab.group.GroupEvent.Install;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// EV-5: processes that go together from one configuration to the next have delivered the same set
/// of messages in it, in every traffic class; UNRELIABLE ones do not count.
///
/// Sets are compared by the sums of two 64-bit hashes of their members, so that order does not
/// matter and a comparison costs nothing; the sets themselves are kept only to name a difference.
final class AtomicityChecker extends EventChecker {

  /// A step from one configuration to the next.
  private record Step(View from, View to) {}

  /// What one life delivered in a configuration.
  private static final class Delivered {
    final Install in;
    long hash;
    long hash2;
    @Nullable Install next;
    final List<Deliver> deliveries = new ArrayList<>();

    Delivered(Install in) {
      this.in = in;
    }

    void add(Deliver delivery) {
      long index = delivery.message().index + 1L;
      hash += mix(index * 0x9e3779b97f4a7c15L);
      hash2 += mix(index * 0xd1342543de82ef95L + 0x2545f4914f6cdd1dL);
      deliveries.add(delivery);
    }

    /// The finalizer of SplitMix64.
    private static long mix(long value) {
      long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
      z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
      return z ^ (z >>> 31);
    }
  }

  private final Slots<@Nullable Delivered[]> present = new Slots<>(() -> new Delivered[1]);
  private final Map<Step, Delivered> first = new HashMap<>();

  AtomicityChecker(GroupEvents events) {
    super("EV-5", events);
  }

  @Override
  void on(GroupEvent event) {
    if (event instanceof Deliver e && !e.again() && e.service() != Service.UNRELIABLE) {
      Delivered delivered = present.at(e.who().index)[0];
      if (delivered != null && delivered.in.view() == e.view()) {
        delivered.add(e);
      }
    } else if (event instanceof GroupEvent.Belong e && !e.joins()) {
      present.at(e.who().index)[0] = null; // Out of the group: its next view follows none.
    } else if (event instanceof Install e) {
      @Nullable Delivered[] slot = present.at(e.who().index);
      Delivered left = slot[0];
      slot[0] = new Delivered(e);
      if (left != null) {
        left.next = e;
        compare(left, e);
      }
    }
  }

  private void compare(Delivered mine, Install to) {
    Delivered other = first.putIfAbsent(new Step(mine.in.view(), to.view()), mine);
    if (other == null || (other.hash == mine.hash && other.hash2 == mine.hash2)) {
      return;
    }
    Deliver missing = beyond(other, mine);
    boolean mineMisses = missing != null;
    if (missing == null) {
      missing = beyond(mine, other);
    }
    Delivered without = mineMisses ? mine : other;
    Install end = without.next;
    violated(
        "EV-5",
        "from %s to %s, %s delivered %s and %s did not"
            .formatted(
                mine.in.view(),
                to.view(),
                missing == null ? "one" : missing.who(),
                missing == null ? "more" : missing.message(),
                without.in.who()),
        missing == null ? null : missing.trace(),
        end == null ? to.trace() : end.trace());
  }

  /// The first delivery of one that the other has not.
  private static @Nullable Deliver beyond(Delivered one, Delivered other) {
    TreeSet<Integer> known = new TreeSet<>();
    other.deliveries.forEach(delivery -> known.add(delivery.message().index));
    for (Deliver delivery : one.deliveries) {
      if (!known.contains(delivery.message().index)) {
        return delivery;
      }
    }
    return null;
  }
}
