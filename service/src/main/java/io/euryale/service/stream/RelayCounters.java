package io.euryale.service.stream;

import java.util.LinkedHashMap;
import java.util.Map;

/// What a relay counted since it started. Owned by the relay's loop: other threads ask that loop
/// for a [#snapshot].
public final class RelayCounters {

  /// Packets received from below, first arrivals and repetitions.
  public long received;

  /// Packets sent towards the root or to clients, repetitions included.
  public long forwarded;

  /// Copies sent to siblings.
  public long copies;

  /// Packets sent again because nothing was confirmed.
  public long repeated;

  /// Packets that were known already.
  public long duplicates;

  /// Unprotected packets dropped because there was no way up, no subscriber or a full queue.
  public long dropped;

  /// Packets refused because window or store were full; they stay at the hop below.
  public long refused;

  /// Packets given up after the last attempt.
  public long abandoned;

  /// Copies adopted from failed siblings.
  public long adopted;

  /// Streams and patterns refused, by the table of rights or since they were another's, once for
  /// each link.
  public long forbidden;

  /// Patterns that there was no room for among those of all clients, or of all peers above.
  public long crowded;

  /// Frames that could not be understood.
  public long malformed;

  /// Messages without effect, from somebody of whom they are not expected.
  public long misplaced;

  /// Packets from above that were for clients here or below.
  public long handedDown;

  /// Packets stored at their place in the agreed order of the cell.
  public long agreed;

  /// Configurations of the group of the cell, in which the order is agreed; there is one while a
  /// stream asks for it.
  public long agreedConfigurations;

  /// Packets that a client did not get because it wants the newest only and was slower.
  public long conflated;

  /// Packets that were not taken because the peer was overloaded.
  public long shed;

  /// What is shed now: 0 nothing, 1 best effort, 2 everything.
  public long shedding;

  /// Payloads that could not be kept as the last value of their stream, for want of room.
  public long lastValuesLost;

  /// Bytes in custody now.
  public long storedBytes;

  /// Bytes of last values now, which have a store of their own.
  public long lastValueBytes;

  /// All counters by name, in a fixed order.
  public Map<String, Long> snapshot() {
    Map<String, Long> counters = new LinkedHashMap<>();
    counters.put("received", received);
    counters.put("forwarded", forwarded);
    counters.put("copies", copies);
    counters.put("repeated", repeated);
    counters.put("duplicates", duplicates);
    counters.put("dropped", dropped);
    counters.put("refused", refused);
    counters.put("abandoned", abandoned);
    counters.put("adopted", adopted);
    counters.put("forbidden", forbidden);
    counters.put("crowded", crowded);
    counters.put("malformed", malformed);
    counters.put("misplaced", misplaced);
    counters.put("agreed", agreed);
    counters.put("agreed_configurations", agreedConfigurations);
    counters.put("conflated", conflated);
    counters.put("handed_down", handedDown);
    counters.put("shed", shed);
    counters.put("shedding", shedding);
    counters.put("stored_bytes", storedBytes);
    counters.put("last_values_lost", lastValuesLost);
    counters.put("last_value_bytes", lastValueBytes);
    return counters;
  }
}
