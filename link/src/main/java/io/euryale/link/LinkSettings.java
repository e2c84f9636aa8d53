package io.euryale.link;

import io.euryale.kernel.settings.Setting;
import java.time.Duration;

/// How links are made, renewed and bounded.
public record LinkSettings(
    @Setting(
            about =
                "Time until the first message of a handshake is repeated; it doubles with each"
                    + " repetition. Shorter finds peers sooner and costs traffic.",
            byDefault = "250ms",
            min = "5ms",
            max = "10s")
        Duration handshakeRetry,
    @Setting(
            about =
                "Longest time between two messages to a peer that does not answer; decides how"
                    + " soon a peer that comes back is found.",
            byDefault = "500ms",
            min = "10ms",
            max = "60s")
        Duration handshakeRetryMax,
    @Setting(
            about =
                "How long a handshake may take before it is begun anew; shorter than a round trip and"
                    + " none ever ends. Equal at all peers: one that repeats longer than the other"
                    + " waits repeats in vain.",
            byDefault = "1250ms",
            min = "50ms",
            max = "60s")
        Duration handshakeTimeout,
    @Setting(
            about =
                "Handshakes that one peer may begin in a second; more protects less against a"
                    + " member that floods, fewer delay a peer that restarts often.",
            byDefault = "4",
            min = "1",
            max = "100")
        int handshakesPerSecond,
    @Setting(
            about = "Handshakes that may be half-open with peers not known before.",
            byDefault = "128",
            min = "8",
            max = "1024")
        int maxHalfOpen,
    @Setting(
            about = "Peers that a process keeps sessions with; further ones are refused.",
            byDefault = "1024",
            min = "2",
            max = "4096")
        int maxPeers,
    @Setting(
            about = "Longest use of a session's keys before new ones are agreed upon.",
            byDefault = "1h",
            min = "1s",
            max = "1h")
        Duration rekeyPeriod,
    @Setting(
            about = "Most packets under a session's keys before new ones are agreed upon.",
            byDefault = "1073741824",
            min = "1024",
            max = "1073741824")
        long rekeyPackets,
    @Setting(
            about =
                "How long packets under replaced keys are still taken; shorter than packets are"
                    + " on their way and some are lost at each renewal.",
            byDefault = "10s",
            min = "100ms",
            max = "5m")
        Duration rekeyOverlap,
    @Setting(
            about =
                "How long a side that has new keys goes on with the old ones, so that all classes"
                    + " of the other side know them.",
            byDefault = "200ms",
            min = "0ms",
            max = "10s")
        Duration rekeySettle,
    @Setting(
            about =
                "Silence of a peer's control class after which a new handshake is tried, in case"
                    + " the peer lost the session.",
            byDefault = "1s",
            min = "100ms",
            max = "5m")
        Duration silence,
    @Setting(
            about = "Most bytes of unfinished fragmented messages kept for one sender.",
            byDefault = "16MiB",
            min = "4MiB",
            max = "64MiB")
        long reassemblyBytes,
    @Setting(
            about = "Most unfinished fragmented messages kept for one sender.",
            byDefault = "64",
            min = "1",
            max = "4096")
        int reassemblyMessages,
    @Setting(
            about = "How long the pieces of an unfinished message are kept without a new one.",
            byDefault = "30s",
            min = "100ms",
            max = "10m")
        Duration reassemblyTimeout) {

  public LinkSettings {
    if (handshakeRetryMax.compareTo(handshakeRetry) < 0) {
      throw new IllegalArgumentException(
          "link.handshakeRetryMax is at least link.handshakeRetry: raise it");
    }
    if (rekeyOverlap.compareTo(rekeySettle.multipliedBy(2)) < 0) {
      throw new IllegalArgumentException(
          "link.rekeyOverlap is at least two link.rekeySettle: raise it");
    }
  }

  public static LinkSettings defaults() {
    return new LinkSettings(
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofMillis(1250),
        4,
        128,
        1024,
        Duration.ofHours(1),
        1L << 30,
        Duration.ofSeconds(10),
        Duration.ofMillis(200),
        Duration.ofSeconds(1),
        16L << 20,
        64,
        Duration.ofSeconds(30));
  }

  /// The pause that follows a pause between two messages that nobody answers.
  long doubled(long pauseNanos) {
    return Math.min(2 * pauseNanos, handshakeRetryMax.toNanos());
  }
}
