package io.euryale.service.stream;

import io.euryale.kernel.Home;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.TrafficClass;
import org.jspecify.annotations.Nullable;

/// Streaming cores with one rule broken; lives in this package to reach the rules.
public enum PlantedStreamBug {
  /// A hop lets go of a packet that only one peer holds.
  HELD_BY_ONE(
      "S-7",
      new StreamRules() {
        @Override
        boolean isHeld(Slot slot) {
          return true;
        }
      }),
  /// A client acknowledges what it only buffered.
  DELIVERED_TOO_EARLY(
      "S-1",
      new StreamRules() {
        @Override
        long delivered(Window window) {
          return window.next() - 1;
        }
      }),
  /// A client gives up what is late.
  IMPATIENT(
      "S-1",
      new StreamRules() {
        @Override
        long giveUpBelow(long originFloor, long sequence) {
          return sequence;
        }
      }),
  /// A client hands packets over as they come.
  OUT_OF_ORDER(
      "S-2",
      new StreamRules() {
        @Override
        long giveUpBelow(long originFloor, long sequence) {
          return sequence;
        }

        @Override
        boolean isRepetition(long sequence, Window window) {
          return false;
        }
      }),
  /// A client does not recognize repetitions.
  DUPLICATES(
      "S-3",
      new StreamRules() {
        @Override
        boolean isRepetition(long sequence, Window window) {
          return false;
        }
      }),
  /// A peer that receives a packet stores it at once, not at its place in the agreed order.
  BEFORE_ITS_PLACE(
      "S-8",
      new StreamRules() {
        @Override
        boolean waitsForItsPlace() {
          return false;
        }
      }),
  /// The batches of passive replication never leave.
  NO_BATCHES(
      "S-10",
      new StreamRules() {
        @Override
        boolean copies(Replication.Form form) {
          return form != Replication.Form.PASSIVE;
        }
      }),
  /// One replica is taken for all that were asked for.
  ONE_REPLICA_IS_ENOUGH(
      "S-7",
      new StreamRules() {
        @Override
        int confirmations(int wanted) {
          return 1;
        }
      }),
  /// Root peers keep the first packet for new subscribers, not the last.
  STALE_LAST_VALUE(
      "S-11",
      new StreamRules() {
        @Override
        boolean isNewer(long sequence, long kept) {
          return kept == 0;
        }
      }),
  /// Nobody compares what is asked with what is offered.
  ANYTHING_FITS(
      "S-12",
      new StreamRules() {
        @Override
        StreamQos.@Nullable Mismatch mismatch(
            StreamQos requested, StreamOffer offer, long pathNanos) {
          return null;
        }
      }),
  /// A client does not look at what was measured on the path.
  DEAF_TO_LATENCY(
      "S-16",
      new StreamRules() {
        @Override
        StreamQos.@Nullable Mismatch mismatch(
            StreamQos requested, StreamOffer offer, long pathNanos) {
          return requested.mismatch(offer, 0);
        }
      }),
  /// The root cell frees what its own clients have, and those at other peers lack.
  FORGETS_CLIENTS_ELSEWHERE(
      "S-19",
      new StreamRules() {
        @Override
        boolean waitsForClientsElsewhere() {
          return false;
        }
      }),
  /// Whoever comes first gets all of a store.
  GREEDY(
      "S-17",
      new StreamRules() {
        @Override
        boolean sharesStore() {
          return false;
        }
      }),
  /// A client hands over what is there of a payload.
  HALF_A_PAYLOAD(
      "S-4",
      new StreamRules() {
        @Override
        boolean waitsForFragments() {
          return false;
        }
      }),
  /// A client keeps it for itself that a deadline passed.
  SILENT_ABOUT_SILENCE(
      "S-15",
      new StreamRules() {
        @Override
        boolean tellsSilence() {
          return false;
        }
      }),
  /// Hops do not count the time that packets spend in them.
  AGELESS(
      "S-13",
      new StreamRules() {
        @Override
        long age(long ageNanos) {
          return 0;
        }
      }),
  /// A sensor goes on with what is worth nothing any more.
  IMMORTAL(
      "S-14",
      new StreamRules() {
        @Override
        boolean expires(long ageNanos, long lifespanNanos) {
          return false;
        }
      }),
  /// A client that wants the newest only is waited for.
  SLOW_HOLDS_UP(
      "S-14",
      new StreamRules() {
        @Override
        boolean passesOver(boolean conflated) {
          return false;
        }
      }),
  /// A peer that is drained closes the links of its sensors at once.
  HASTY_DRAIN(
      "S-9",
      new StreamRules() {
        @Override
        boolean waitsForSensors() {
          return false;
        }
      }),
  /// A client takes some packets for repetitions, and waits for them for ever.
  BLIND_SPOT(
      "S-6",
      new StreamRules() {
        @Override
        boolean isRepetition(long sequence, Window window) {
          return sequence < window.base() || sequence % 64 == 0;
        }
      }),
  /// A peer believes that what others above had stays with them, wherever they move.
  LETS_GO_OF_WHAT_MOVED(
      "S-7",
      new StreamRules() {
        @Override
        boolean tellsWhatItKeeps() {
          return false;
        }
      }),
  /// A sensor sends every packet once.
  NO_REPETITION(
      "S-5",
      new StreamRules() {
        @Override
        boolean repeats() {
          return false;
        }
      });

  private final String checker;
  private final StreamRules rules;

  PlantedStreamBug(String checker, StreamRules rules) {
    this.checker = checker;
    this.rules = rules;
  }

  /// The checker that must see it.
  public String checker() {
    return checker;
  }

  public Relay relay(StreamSettings settings, TrafficClass trafficClass, PeerRef self, Home home) {
    return new Relay(settings, trafficClass, self, home, rules);
  }

  public Publisher publisher(
      StreamSettings settings,
      TrafficClass trafficClass,
      PeerRef self,
      Home home,
      Publisher.Listener listener) {
    return new Publisher(settings, trafficClass, self, home, listener, rules);
  }

  public Subscriber subscriber(
      StreamSettings settings, boolean near, Home home, Subscriber.Listener listener) {
    return new Subscriber(settings, near, home, listener, rules);
  }
}
