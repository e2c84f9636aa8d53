package io.euryale.group.order;

import io.euryale.kernel.settings.Setting;
import java.time.Duration;

/// Limits and pauses of ordered delivery in one traffic class.
public record OrderSettings(
    @Setting(
            about =
                "Bytes of own packets under way that somebody may not hold yet. Too small limits the"
                    + " throughput, too large overruns the receivers' buffers and costs latency.",
            byDefault = "512KiB",
            min = "64KiB",
            max = "64MiB")
        int windowBytes,
    @Setting(
            about =
                "Messages that wait to be sent; more are refused until there is room. Too large hides"
                    + " that senders are faster than the group.",
            byDefault = "16384",
            min = "16",
            max = "1000000")
        int queueMessages,
    @Setting(
            about = "Bytes of messages that wait to be sent; more are refused until there is room.",
            byDefault = "4MiB",
            min = "64KiB",
            max = "1GiB")
        int queueBytes,
    @Setting(
            about =
                "How long a gap waits for packets that overtook each other before the missing ones"
                    + " are asked for; doubles each time, up to 128 times this. Too short asks for"
                    + " packets that are on their way, too long delays recovery from loss.",
            byDefault = "1ms",
            min = "100us",
            max = "1s")
        Duration repairPause,
    @Setting(
            about =
                "First pause before numbers are repeated while somebody may miss something; doubles"
                    + " up to eight times this.",
            byDefault = "20ms",
            min = "1ms",
            max = "10s")
        Duration statusPause) {

  /// The values by default.
  public static OrderSettings standard() {
    return new OrderSettings(
        512 * 1024, 16_384, 4 * 1024 * 1024, Duration.ofMillis(1), Duration.ofMillis(20));
  }
}
