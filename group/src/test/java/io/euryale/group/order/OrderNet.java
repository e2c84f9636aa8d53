package io.euryale.group.order;

import io.euryale.group.Configuration;
import io.euryale.group.ConfigurationId;
import io.euryale.group.Delivery;
import io.euryale.group.Service;
import io.euryale.kernel.PeerId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A few orderings in one thread, with a network between them that loses, repeats and reorders
/// datagrams, all drawn from a seed.
final class OrderNet {

  private static final long MILLI = 1_000_000;

  private record Flight(long at, long number, Member from, Member to, ByteBuffer body)
      implements Comparable<Flight> {
    @Override
    public int compareTo(Flight other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
    }
  }

  private final Random random;
  private final PriorityQueue<Flight> flights = new PriorityQueue<>();
  private final List<Member> members = new ArrayList<>();
  private long flown;
  private long number;
  long now;
  double loss;
  double repetition;
  UnaryOperator<ByteBuffer> wire = UnaryOperator.identity();

  OrderNet(long seed, int size, OrderSettings settings) {
    this(seed, size, settings, OrderRules.SOUND);
  }

  OrderNet(long seed, int size, OrderSettings settings, OrderRules rules) {
    random = new Random(seed);
    for (int i = 0; i < size; i++) {
      members.add(new Member(PeerId.of("m" + i, 1), settings, rules));
    }
  }

  Member member(int index) {
    return members.get(index);
  }

  List<Member> members() {
    return members;
  }

  static ByteBuffer text(String value) {
    return ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8));
  }

  /// A payload as it stands in the lists of messages.
  static String shortened(byte[] payload) {
    return payload.length > 64
        ? payload.length + " bytes " + java.util.Arrays.hashCode(payload)
        : new String(payload, StandardCharsets.UTF_8);
  }

  /// Everybody begins in one configuration.
  Configuration begin() {
    Configuration first = configuration(members);
    members.forEach(m -> m.install(first));
    return first;
  }

  Configuration configuration(List<Member> of) {
    number += 2;
    ConfigurationId id = ConfigurationId.regular(number, of.getFirst().id);
    return new Configuration(id, of.stream().map(m -> m.id).toList(), null);
  }

  /// Takes members that are in one configuration to the next one.
  ///
  /// @return whether the union was there in time
  boolean change(List<Member> together) {
    Configuration old = together.getFirst().configuration();
    Configuration next = configuration(together);
    if (!recover(together, next)) {
      return false;
    }
    BitSet ranks = ranks(old, together);
    for (Member member : together) {
      member.ordering.deliverOld(now);
    }
    for (Member member : together) {
      List<PeerId> along = ranks.stream().mapToObj(r -> old.members().get(r)).toList();
      member.ordering.transitional(
          now, new Configuration(next.id().transitional(along.getFirst()), along, old.id()));
    }
    together.forEach(m -> m.install(next));
    return true;
  }

  /// Brings members up to the point where all hold the union.
  boolean recover(List<Member> together, Configuration next) {
    Configuration old = together.getFirst().configuration();
    TreeMap<Integer, Holdings> reports = new TreeMap<>();
    for (Member member : together) {
      Holdings holdings = member.ordering.freeze();
      if (holdings != null) {
        reports.put(old.rank(member.id), holdings);
      }
    }
    Merged merged = Merged.of(reports);
    for (Member member : together) {
      member.ordering.recover(now, next.id().tag(), merged, ranks(old, together));
    }
    long until = now + 20_000 * MILLI;
    while (now < until) {
      boolean all = true;
      for (Member member : together) {
        all &= member.ordering.isRecovered();
      }
      if (all) {
        return true;
      }
      run(now + MILLI);
    }
    return false;
  }

  private static BitSet ranks(Configuration old, List<Member> together) {
    BitSet ranks = new BitSet();
    together.forEach(m -> ranks.set(old.rank(m.id)));
    return ranks;
  }

  /// Runs until nothing is left to do, or for a long while.
  boolean settle() {
    return settleOf(members);
  }

  boolean settleOf(List<Member> some) {
    long until = now + 60_000 * MILLI;
    while (now < until) {
      run(now + MILLI);
      if (flights.isEmpty() && some.stream().allMatch(m -> m.ordering.isSettled())) {
        return true;
      }
    }
    return false;
  }

  /// Runs up to a time.
  void run(long until) {
    while (true) {
      members.forEach(m -> m.ordering.idle(now));
      long next = until;
      for (Member member : members) {
        next = Math.min(next, Math.max(now, member.ordering.nextDeadline()));
      }
      Flight flight = flights.peek();
      if (flight != null && flight.at <= next) {
        flights.remove();
        now = Math.max(now, flight.at);
        flight.to.ordering.datagram(now, flight.from.id, flight.body);
        continue;
      }
      boolean wasDue = next < until;
      now = Math.max(now, next);
      if (!wasDue) {
        return;
      }
      for (Member member : members) {
        if (member.ordering.nextDeadline() <= now) {
          member.ordering.due(now);
          if (member.ordering.nextDeadline() <= now) {
            throw new AssertionError("Due again at once: " + member.id);
          }
        }
      }
    }
  }

  static boolean isInstall(String line) {
    return line.startsWith("REG ") || line.startsWith("TRANS ");
  }

  long flown() {
    return flown;
  }

  /// One ordering and what it handed up.
  final class Member implements Outlet, Delivery {
    final PeerId id;
    final Ordering ordering;
    final List<String> log = new ArrayList<>();
    final List<String> messages = new ArrayList<>();
    final List<Long> stable = new ArrayList<>();
    int writable;
    int bodyBytes = 1_170;
    int windowBytes = 1 << 20;
    boolean isCut;
    private @Nullable Configuration configuration;

    Member(PeerId id, OrderSettings settings, OrderRules rules) {
      this.id = id;
      ordering = new Ordering(settings, this, this, rules);
    }

    Configuration configuration() {
      Configuration present = configuration;
      if (present == null) {
        throw new IllegalStateException("No configuration yet");
      }
      return present;
    }

    void install(Configuration next) {
      configuration = next;
      ordering.regular(now, next, id);
    }

    boolean send(Service service, String payload) {
      return ordering.submit(service, text(payload));
    }

    /// Messages of one service, in the order of their delivery.
    List<String> messages(Service service) {
      return messages.stream().filter(m -> m.startsWith(service + " ")).toList();
    }

    @Override
    public void toOthers(ByteBuffer body) {
      for (PeerId peer : configuration().members()) {
        if (!peer.equals(id)) {
          fly(peer, body);
        }
      }
    }

    @Override
    public void to(int rank, ByteBuffer body) {
      fly(configuration().members().get(rank), body);
    }

    private void fly(PeerId peer, ByteBuffer body) {
      Member to = members.stream().filter(m -> m.id.equals(peer)).findFirst().orElseThrow();
      flown++;
      int copies = random.nextDouble() < repetition ? 2 : 1;
      for (int i = 0; i < copies; i++) {
        if (isCut || to.isCut || random.nextDouble() < loss) {
          continue;
        }
        ByteBuffer copy = ByteBuffer.allocate(body.remaining()).put(body.duplicate()).flip();
        long delay = MILLI / 10 + random.nextLong(loss > 0 ? 3 * MILLI : MILLI / 10);
        flights.add(new Flight(now + delay, flown, this, to, wire.apply(copy)));
      }
    }

    @Override
    public int bodyBytes() {
      return bodyBytes;
    }

    @Override
    public int windowBytes() {
      return windowBytes;
    }

    @Override
    public void regular(long at, Configuration installed) {
      log.add(installed.toString());
    }

    @Override
    public void transitional(long at, Configuration installed) {
      log.add(installed.toString());
    }

    @Override
    public void sent(long at, long sequence, Service service, ByteBuffer payload) {}

    @Override
    public void message(
        long at, PeerId sender, long sequence, Service service, ByteBuffer payload) {
      byte[] bytes = new byte[payload.remaining()];
      payload.get(bytes);
      String line = service + " " + sender.name() + "/" + sequence + " " + shortened(bytes);
      messages.add(line);
      log.add(line);
    }

    @Override
    public void stable(long at, long sequence) {
      stable.add(sequence);
    }

    @Override
    public void writable(long at) {
      writable++;
    }
  }
}
