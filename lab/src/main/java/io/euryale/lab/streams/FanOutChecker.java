package io.euryale.lab.streams;

import io.euryale.kernel.trace.Trace;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// S-19: what the sensor was told is delivered, every client had before, at whatever peer it is, or
/// it was reported lost. That is asked for what was published after a client first had something of
/// the class, in a life that is not over, since then it is known that its subscription is
/// everywhere.
///
/// Who lacks what is known in the root cell. When all of it is lost, that is lost with it; and
/// while there are several, as in a network that is split, one knows nothing of clients that are
/// at
/// another. Then a client has a claim to what is published after it had something of the same flow
/// from after that.
final class FanOutChecker extends DeliveryChecker {

  private static final String ROOT = "0";

  private final Map<String, Client> clients = new TreeMap<>();
  private final Map<String, NavigableSet<Long>> lost = new TreeMap<>();
  private final Map<String, TreeMap<Long, Trace>> published = new TreeMap<>();
  private final Map<String, Long> checked = new TreeMap<>();
  /// By peer of a root cell, the term that it knows.
  private final Map<String, String> roots = new TreeMap<>();

  /// There is not exactly one root cell.
  private boolean apart;

  private long rootSince = Long.MIN_VALUE;

  private static final class Client {
    final long bornNanos;

    /// When it first had something, by class.
    final Map<String, Long> since = new TreeMap<>();

    /// When it first had something that was published under another root cell, by flow.
    final Map<String, Long> again = new TreeMap<>();

    final Map<String, NavigableSet<Long>> had = new TreeMap<>();

    Client(long bornNanos) {
      this.bornNanos = bornNanos;
    }
  }

  FanOutChecker() {
    super("S-19");
  }

  @Override
  public void accept(Trace trace) {
    switch (trace.event()) {
      case "BOOT" -> {
        if (trace.body().text("role").equals("CLIENT")) {
          clients.put(trace.proc(), new Client(trace.at()));
        }
      }
      case "CRASH" -> {
        clients.remove(trace.proc());
        roots.remove(trace.proc());
        reviewRoots(trace);
      }
      case "PUBLISH" -> {
        if (Boolean.TRUE.equals(trace.body().fields().get("protected"))
            && !trace.body().text("class").equals("normal")) {
          published.computeIfAbsent(flow(trace), _ -> new TreeMap<>()).put(sequence(trace), trace);
        }
      }
      case "DELIVER" -> {
        Client client = clients.get(trace.proc());
        if (client != null) {
          client.since.putIfAbsent(trace.body().text("class"), trace.at());
          add(client.had, trace);
          if (!apart && publishedAt(trace) > rootSince) {
            client.again.putIfAbsent(flow(trace), trace.at());
          }
        }
      }
      case "CELL_VIEW" -> viewed(trace);
      case "LOST" -> add(lost, trace);
      case "ACKED" -> acknowledged(trace);
      default -> {}
    }
  }

  private void viewed(Trace trace) {
    String cell = trace.body().text("cell");
    roots.remove(trace.proc());
    if (cell.equals(ROOT)) {
      roots.put(trace.proc(), trace.body().text("term"));
    }
    reviewRoots(trace);
  }

  private void reviewRoots(Trace trace) {
    boolean isOne = Set.copyOf(roots.values()).size() == 1;
    if (isOne == apart) {
      apart = !isOne;
      anotherRoot(trace);
    }
  }

  private void anotherRoot(Trace trace) {
    rootSince = trace.at();
    clients.values().forEach(client -> client.again.clear());
  }

  private long publishedAt(Trace trace) {
    Trace packet = published.getOrDefault(flow(trace), new TreeMap<>()).get(sequence(trace));
    return packet == null ? Long.MIN_VALUE : packet.at();
  }

  private static void add(Map<String, NavigableSet<Long>> to, Trace trace) {
    to.computeIfAbsent(flow(trace), _ -> new TreeSet<>()).add(sequence(trace));
  }

  private void acknowledged(Trace trace) {
    String flow = flow(trace);
    long upTo = trace.body().number("upTo", 0);
    long from = checked.getOrDefault(flow, 0L);
    checked.merge(flow, upTo, Math::max);
    published
        .getOrDefault(flow, new TreeMap<>())
        .subMap(from, false, Math.max(from, upTo), true)
        .forEach((_, packet) -> clients.forEach((name, it) -> look(name, it, packet, trace)));
  }

  private void look(String name, Client client, Trace packet, Trace acknowledged) {
    // A client that came after the change of the root cell has its claims from this one.
    boolean sameRoot = !apart && client.bornNanos > rootSince;
    Long since =
        sameRoot ? client.since.get(packet.body().text("class")) : client.again.get(flow(packet));
    boolean has = has(client.had, packet) || has(lost, packet);
    if (since != null && packet.at() > since && !has) {
      violated(
          sequence(packet)
              + " of "
              + flow(packet)
              + " was acknowledged and never delivered to "
              + name,
          packet,
          acknowledged);
    }
  }

  private static boolean has(Map<String, NavigableSet<Long>> sets, Trace packet) {
    NavigableSet<Long> set = sets.get(flow(packet));
    return set != null && set.contains(sequence(packet));
  }
}
