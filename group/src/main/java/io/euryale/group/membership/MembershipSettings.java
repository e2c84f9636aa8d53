package io.euryale.group.membership;

import io.euryale.kernel.settings.Setting;
import java.time.Duration;

/// How soon a member is missed, and how long an agreement may take.
public record MembershipSettings(
    @Setting(
            about =
                "Pause between two heartbeats to every known peer. Shorter detects silence more"
                    + " precisely and costs datagrams.",
            byDefault = "100ms",
            min = "5ms",
            max = "10s")
        Duration heartbeatPeriod,
    @Setting(
            about =
                "Silence after which a peer counts as lost. Too short takes a busy machine for a"
                    + " dead one, too long makes everybody wait for the dead.",
            byDefault = "800ms",
            min = "30ms",
            max = "60s")
        Duration failureTimeout,
    @Setting(
            about =
                "How long a peer whose control connection broke may take to answer before it counts"
                    + " as lost.",
            byDefault = "25ms",
            min = "5ms",
            max = "5s")
        Duration verifyTimeout,
    @Setting(
            about =
                "How long a starting peer looks for others before it forms a configuration without"
                    + " them.",
            byDefault = "500ms",
            min = "0ms",
            max = "60s")
        Duration joinWindow,
    @Setting(
            about =
                "How long the wanted members stay the same before others are taken in, so that many"
                    + " who come at once come in one configuration. Losses are never waited for.",
            byDefault = "20ms",
            min = "0ms",
            max = "10s")
        Duration settlePause,
    @Setting(
            about = "Pause before an unanswered message of an agreement is repeated.",
            byDefault = "20ms",
            min = "2ms",
            max = "5s")
        Duration repeatPause,
    @Setting(
            about =
                "How long an agreement waits for a member that is heard but does not answer before"
                    + " it goes on without it.",
            byDefault = "600ms",
            min = "30ms",
            max = "60s")
        Duration answerTimeout) {

  /// The values by default.
  public static MembershipSettings standard() {
    return new MembershipSettings(
        Duration.ofMillis(100),
        Duration.ofMillis(800),
        Duration.ofMillis(25),
        Duration.ofMillis(500),
        Duration.ofMillis(20),
        Duration.ofMillis(20),
        Duration.ofMillis(600));
  }
}
