package io.euryale.console;

import io.euryale.service.stream.StreamOffer;
import java.time.Duration;
import picocli.CommandLine.Option;

/// What a command offers with the stream that it publishes.
final class OfferOptions {

  @Option(names = "--best-effort", description = "Repeat nothing; replication is refused then.")
  boolean bestEffort;

  @Option(
      names = "--keep-last",
      description = "Keep the last packet for new subscribers that ask for it.")
  boolean keepLast;

  @Option(
      names = "--period",
      paramLabel = "TIME",
      description = "Offer a packet at least this often, for subscribers with a deadline.")
  Duration period = Duration.ZERO;

  @Option(
      names = "--lifespan",
      paramLabel = "TIME",
      description = "Give up packets that are not delivered after this time.")
  Duration lifespan = Duration.ZERO;

  @Option(
      names = "--type",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Name of the payload's type, as in image/jpeg.")
  String type = "";

  StreamOffer offer() {
    try {
      return new StreamOffer(!bestEffort, keepLast, period, lifespan, type);
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(String.valueOf(e.getMessage()));
    }
  }
}
