package io.euryale.group.order;

import io.euryale.group.Configuration;
import io.euryale.group.Service;
import org.jspecify.annotations.Nullable;

/// What one peer knows of a regular configuration: every member's packets, and the three numbers
/// that each tells of itself (see the package description).
final class History {

  final Configuration configuration;
  final int self;
  final long tag;
  final Origin[] origins;
  private final OrderRules rules;
  private long clock;

  /// Latest timestamp of any packet seen, of any ordered one, and of any SAFE one.
  private long latest;

  private long latestOrdered;
  private long latestSafe;

  History(Configuration configuration, int self, OrderRules rules) {
    this.configuration = configuration;
    this.self = self;
    this.rules = rules;
    tag = configuration.id().tag();
    origins = new Origin[configuration.members().size()];
    for (int i = 0; i < origins.length; i++) {
      origins[i] = new Origin(i);
    }
  }

  int size() {
    return origins.length;
  }

  Origin own() {
    return origins[self];
  }

  long clock() {
    return clock;
  }

  /// The timestamp of the next own packet.
  long tick() {
    return ++clock;
  }

  /// Lamport's rule: own packets are later than everything seen.
  void witness(long otherClock) {
    clock = Math.max(clock, otherClock);
  }

  long latest() {
    return latest;
  }

  long latestOrdered() {
    return latestOrdered;
  }

  long latestSafe() {
    return latestSafe;
  }

  /// Keeps a packet of any member.
  boolean put(Packet packet) {
    if (!origins[packet.origin].put(packet)) {
      return false;
    }
    latest = Math.max(latest, packet.time);
    if (packet.isOrdered()) {
      latestOrdered = Math.max(latestOrdered, packet.time);
      if (packet.service == Service.SAFE) {
        latestSafe = Math.max(latestSafe, packet.time);
      }
    }
    return true;
  }

  /// Every packet of every member up to this timestamp is here.
  long line() {
    long least = clock;
    for (int i = 0; i < origins.length; i++) {
      if (i != self) {
        least = Math.min(least, origins[i].heard());
      }
    }
    return least;
  }

  /// Everybody has said that every packet up to this timestamp is there.
  long stableLine() {
    long least = line();
    for (int i = 0; i < origins.length; i++) {
      if (i != self) {
        least = rules.stable(least, origins[i].line());
      }
    }
    return least;
  }

  /// The earliest packet in the total order among those to be delivered next.
  @Nullable Packet earliestHead() {
    Packet earliest = null;
    for (Origin origin : origins) {
      Packet head = origin.head();
      if (head != null && (earliest == null || head.precedes(earliest))) {
        earliest = head;
      }
    }
    return earliest;
  }

  /// By rank, how many packets have been delivered.
  long[] delivered() {
    long[] delivered = new long[origins.length];
    for (int i = 0; i < origins.length; i++) {
      delivered[i] = origins[i].next - 1;
    }
    return delivered;
  }

  /// Whether everything that a CAUSAL packet depends on has been delivered.
  boolean satisfies(long[] dependencies) {
    for (int i = 0; i < dependencies.length; i++) {
      if (origins[i].next <= dependencies[i]) {
        return false;
      }
    }
    return true;
  }
}
