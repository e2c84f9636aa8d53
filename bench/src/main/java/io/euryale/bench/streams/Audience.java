package io.euryale.bench.streams;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The clients that all want the same packets: a ledger for each. Arrivals come from any thread.
final class Audience {

  private volatile List<Ledger> ledgers = List.of();
  private int clients;

  /// How many there are from the next segment on; for the thread of the run.
  void expect(int number) {
    clients = number;
  }

  /// Says that a segment begins. Its ledger, into which the sender writes too, becomes that of the
  /// first client.
  void record(Ledger first) {
    List<Ledger> all = new ArrayList<>();
    for (int client = 0; client < clients; client++) {
      all.add(client == 0 ? first : new Ledger(first.traffic()));
    }
    ledgers = List.copyOf(all);
  }

  /// A packet has come to a client.
  void arrived(int client, ByteBuffer packet) {
    long nowNanos = System.nanoTime();
    List<Ledger> now = ledgers;
    if (client < now.size()) {
      now.get(client).arrived(packet, nowNanos);
    }
  }

  /// Those of the segment that is being sent, by client.
  List<Ledger> ledgers() {
    return ledgers;
  }

  /// Whether some client has not got everything.
  static boolean isMissing(List<Ledger> ledgers) {
    return ledgers.stream().anyMatch(ledger -> ledger.missing() > 0);
  }
}
