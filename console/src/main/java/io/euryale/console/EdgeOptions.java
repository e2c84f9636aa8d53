package io.euryale.console;

import io.euryale.peer.Client;
import io.euryale.peer.EdgeSettings;
import io.euryale.peer.Sensor;
import io.euryale.platform.Loops;
import io.euryale.platform.Observations;
import io.euryale.platform.SettingsException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How a command reaches an overlay.
final class EdgeOptions {

  @Option(
      names = "--join",
      paramLabel = "HOST:PORT",
      split = ",",
      description =
          "Peers to attach by, with their control ports; several, so that one may be down.")
  List<String> join = new ArrayList<>();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name in the overlay; what it is and the process number when not given.")
  @Nullable String name;

  @Option(
      names = "--overlay",
      paramLabel = "NAME",
      description = "Name of the overlay; euryale when not given.")
  @Nullable String overlay;

  @Option(
      names = "--settings",
      paramLabel = "FILE",
      description = "Settings in YAML; options win over them.")
  @Nullable Path settings;

  @Option(
      names = "--keys",
      paramLabel = "DIR",
      description = "Directory with NAME.key, NAME.crt and ca.crt of --name; see 'euryale keys'.")
  @Nullable Path keys;

  @Option(
      names = "--connect-timeout",
      paramLabel = "TIME",
      defaultValue = "10s",
      description = "How long to look for a peer (default: ${DEFAULT-VALUE}).")
  Duration connectTimeout = Duration.ofSeconds(10);

  /// Set by commands of clients that may stay near their contacts.
  boolean near;

  /// @param what the name of a process that was given none begins with
  EdgeSettings settings(String what) throws SettingsException {
    String ownName = what + "-" + ProcessHandle.current().pid();
    EdgeSettings read =
        settings == null
            ? EdgeSettings.named(name == null ? ownName : name, join)
            : SettingsFiles.edge(settings);
    if (name != null) {
      read = read.withName(name);
    }
    if (overlay != null) {
      read = read.withOverlayName(overlay);
    }
    if (keys != null) {
      read = read.withKeyDirectory(keys.toString());
    }
    if (!read.keyDirectory().isEmpty() && name == null && settings == null) {
      throw CommandException.usage("Keys belong to a name: give --name NAME with --keys.");
    }
    if (!join.isEmpty()) {
      read = read.withContacts(join);
    }
    if (near) {
      read = read.withNear(true);
    }
    if (read.contacts().isEmpty()) {
      throw CommandException.usage(
          "There is no peer to attach by: give --join HOST:PORT, the control port of a peer.");
    }
    return read;
  }

  Sensor sensor(Loops loops, @Nullable Observations observations)
      throws InterruptedException, SettingsException {
    return Sensor.connect(settings("sensor"), loops, observations, connectTimeout);
  }

  Client client(Loops loops, @Nullable Observations observations)
      throws InterruptedException, SettingsException {
    return Client.connect(settings("client"), loops, observations, connectTimeout);
  }
}
