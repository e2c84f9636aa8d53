package io.euryale.console;

import io.euryale.service.stream.Replication;
import io.euryale.service.stream.StreamQos;
import java.time.Duration;
import picocli.CommandLine.Option;

/// What a command asks of the streams that it subscribes to.
final class QosOptions {

  @Option(
      names = "--replication",
      paramLabel = "HOW",
      defaultValue = "active",
      converter = ReplicationConverter.class,
      description =
          "How cells on the way protect packets: none, passive(PERIOD), active,"
              + " active(synchronous) or active(agreed); with a number of replicas as in"
              + " active(replicas=2) or passive(1s,replicas=1) (default: ${DEFAULT-VALUE}).")
  Replication replication = Replication.ACTIVE;

  @Option(
      names = "--reliable",
      description = "With --replication none: the sensor still repeats what was not delivered.")
  boolean reliable;

  @Option(
      names = "--last-value",
      description = "Begin with the last packet from before; the stream has to offer it.")
  boolean lastValue;

  @Option(
      names = "--newest-only",
      description = "When this client is slower than a stream, skip to its newest packet.")
  boolean newestOnly;

  @Option(
      names = "--max-latency",
      paramLabel = "TIME",
      description =
          "Refuse streams of which 99.9 %% of the packets take longer; flag later ones that do.")
  Duration maxLatency = Duration.ZERO;

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      description =
          "Longest time between two packets: refuse streams that offer less, count longer silences.")
  Duration deadline = Duration.ZERO;

  @Option(
      names = "--lifespan",
      paramLabel = "TIME",
      description = "Count older packets as failures, as in 10s for video.")
  Duration lifespan = Duration.ZERO;

  @Option(
      names = "--type",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Refuse streams with another type of payload.")
  String type = "";

  StreamQos qos() {
    try {
      return new StreamQos(
          replication,
          reliable,
          lastValue,
          newestOnly,
          maxLatency,
          deadline,
          lifespan,
          type,
          false);
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(String.valueOf(e.getMessage()));
    }
  }
}
