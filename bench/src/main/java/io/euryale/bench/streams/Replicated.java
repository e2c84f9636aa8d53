package io.euryale.bench.streams;

import io.euryale.service.stream.Replication;
import java.time.Duration;

/// How many of the 8 streams are replicated, and how; the cases of [0] tables I and III, the
/// paper's own order of doing things, and its strong replicas.
///
/// @param label for people and in the result document
/// @param streams how many are replicated, from the first; the others are not
/// @param how the replicated ones
record Replicated(String label, int streams, Replication how) {

  static final Replicated NONE = new Replicated("0/8 none", 0, Replication.NONE);
  static final Replicated ONE = new Replicated("1/7", 1, Replication.ACTIVE);
  static final Replicated HALF = new Replicated("4/4", 4, Replication.ACTIVE);
  static final Replicated ALL = new Replicated("8/0 active", Traffic.STREAMS, Replication.ACTIVE);
  static final Replicated SYNCHRONOUS =
      new Replicated("8/0 active(synchronous)", Traffic.STREAMS, Replication.ACTIVE_SYNCHRONOUS);
  static final Replicated AGREED =
      new Replicated("8/0 active(agreed)", Traffic.STREAMS, Replication.ACTIVE_AGREED);

  static final Replicated PASSIVE_SECOND = passive(Duration.ofSeconds(1));
  static final Replicated PASSIVE_TENTH = passive(Duration.ofMillis(100));

  private static Replicated passive(Duration period) {
    Replication how = Replication.passive(period);
    return new Replicated("8/0 " + how.label(), Traffic.STREAMS, how);
  }

  Replication of(int stream) {
    return stream < streams ? how : Replication.NONE;
  }
}
