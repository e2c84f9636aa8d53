package io.euryale.console.doctor;

import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import io.euryale.peer.PeerSettings;
import io.euryale.peer.RefusedException;
import io.euryale.peer.group.GroupKeys;
import io.euryale.peer.group.GroupPeerSettings;
import io.euryale.platform.HttpSettings;
import io.euryale.platform.PlatformException;
import io.euryale.platform.Reach;
import io.euryale.platform.keys.Certificates;
import io.euryale.platform.keys.Credentials;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Looks at whether the machine has what the settings of a process ask for. Ports are taken for a
/// moment and given back, so a check beside the running process finds them taken.
public final class SettingsChecks {

  /// Records are a few hundred bytes; less than this is a full disk.
  private static final long LEAST_BYTES = 1 << 20;

  /// Less than this will be a full disk soon.
  private static final long FEW_BYTES = 256 << 20;

  private final List<Finding> findings = new ArrayList<>();

  private SettingsChecks() {}

  /// Looks at what a peer of the cell overlay needs.
  public static List<Finding> of(PeerSettings settings) {
    SettingsChecks checks = new SettingsChecks();
    boolean withKeys = !settings.keyDirectory().isEmpty();
    checks.name(settings.name());
    if (checks.host(settings.reachableHost(), withKeys)) {
      for (TrafficClass trafficClass : TrafficClass.values()) {
        checks.port(settings.host(), trafficClass, settings.port(trafficClass));
      }
    }
    checks.http(settings.http(), withKeys);
    checks.keys(settings);
    return checks.findings;
  }

  /// Looks at what a group member needs.
  ///
  /// @param settings with the ports that it will listen at
  public static List<Finding> of(GroupPeerSettings settings) {
    SettingsChecks checks = new SettingsChecks();
    boolean withKeys = !settings.keyFile().isEmpty();
    checks.name(settings.name());
    if (checks.host(settings.host(), withKeys)) {
      for (TrafficClass trafficClass : TrafficClass.values()) {
        checks.port(settings.host(), trafficClass, settings.port(trafficClass));
      }
    }
    checks.http(settings.http(), withKeys);
    checks.keys(settings);
    checks.directory(settings.dataDirectory());
    return checks.findings;
  }

  private void name(String name) {
    if (!PeerName.isValid(name)) {
      findings.add(
          Finding.mistake(
              "name",
              "'" + name + "' cannot be the name of a peer.",
              "Use 1 to 64 letters, digits, '.', '_' or '-', a letter or digit first."));
    }
  }

  private boolean host(String host, boolean withKeys) {
    if ((withKeys ? Reach.KEYED : Reach.LOOPBACK).allows(host)) {
      return true;
    }
    findings.add(
        Finding.mistake(
            "host",
            "A peer " + (withKeys ? "" : "without keys ") + "cannot listen at '" + host + "'.",
            withKeys
                ? "Write an IP address of this machine."
                : "Use 127.0.0.1, or give it keys: a peer a keyDirectory, a group member a"
                    + " keyFile."));
    return false;
  }

  private void port(String host, TrafficClass trafficClass, int port) {
    String check = trafficClass.name().toLowerCase(Locale.ROOT) + " port";
    if (port == 0) {
      findings.add(Finding.ok(check, "Any free port at " + host + "."));
    } else {
      free(check, host, port, true);
    }
  }

  private void free(String check, String host, int port, boolean withDatagrams) {
    String transports = withDatagrams ? "TCP and UDP" : "TCP";
    InetAddress address = InetAddress.ofLiteral(host.equals("localhost") ? "127.0.0.1" : host);
    try (ServerSocket links = new ServerSocket()) {
      links.setReuseAddress(true);
      links.bind(new InetSocketAddress(address, port));
      if (withDatagrams) {
        new DatagramSocket(new InetSocketAddress(address, port)).close();
      }
      findings.add(Finding.ok(check, "Port " + port + " at " + host + " is free."));
    } catch (IOException e) {
      findings.add(
          Finding.problem(
              check,
              "Port "
                  + port
                  + " ("
                  + transports
                  + ") at "
                  + host
                  + " cannot be had: "
                  + e.getMessage()
                  + ".",
              "End what listens there, which may be this very peer, or choose another port; 'ss"
                  + " -lntup' shows who it is."));
    }
  }

  private void http(HttpSettings http, boolean withKeys) {
    if (http.isOff()) {
      findings.add(
          Finding.ok("http", "No health and metrics over HTTP; http.listen switches them on."));
    } else if (!(withKeys ? Reach.KEYED : Reach.LOOPBACK).allows(http.host())) {
      findings.add(
          Finding.mistake(
              "http",
              "http.listen '" + http.listen() + "' is not allowed for a peer without keys.",
              "Use 127.0.0.1:" + http.port() + "."));
    } else if (http.port() == 0) {
      findings.add(Finding.ok("http", "Any free port at " + http.host() + "."));
    } else {
      free("http", http.host(), http.port(), false);
    }
  }

  private void keys(PeerSettings settings) {
    if (settings.keyDirectory().isEmpty()) {
      findings.add(Finding.ok("keys", "No keys, so peers on this machine only."));
      return;
    }
    if (!PeerName.isValid(settings.name())) {
      return;
    }
    try {
      Instant now = Instant.now();
      Credentials credentials =
          Credentials.load(Path.of(settings.keyDirectory()), new PeerName(settings.name()), now);
      List<String> warnings = credentials.warnings(now);
      findings.add(
          warnings.isEmpty()
              ? Finding.ok(
                  "keys",
                  "The certificate " + Certificates.end(credentials.certificate(), now) + ".")
              : Finding.warning(
                  "keys",
                  String.join(" ", warnings),
                  "Bring the new files here; a running peer reads them by itself."));
    } catch (PlatformException e) {
      findings.add(
          Finding.mistake(
              "keys", String.valueOf(e.getMessage()), "'euryale keys show' says what there is."));
    }
  }

  private void keys(GroupPeerSettings settings) {
    if (settings.keyFile().isEmpty()) {
      findings.add(Finding.ok("keys", "No keys, so members on this machine only."));
      return;
    }
    if (!PeerName.isValid(settings.name())) {
      return;
    }
    try {
      GroupKeys.load(new PeerName(settings.name()), Path.of(settings.keyFile()));
      findings.add(
          Finding.ok("keys", "The key file can be used; its keys have no date of expiry."));
    } catch (RefusedException e) {
      findings.add(
          Finding.mistake(
              "keys",
              String.valueOf(e.getMessage()),
              "Mend the key file, or make new ones for all members with 'euryale group keys'."));
    }
  }

  private void directory(String configured) {
    String check = "data directory";
    if (configured.isEmpty()) {
      findings.add(
          Finding.warning(
              check,
              "What must outlive a crash is kept in the directory for temporary files.",
              "Set dataDirectory to one that is not emptied, such as /var/lib/euryale."));
      return;
    }
    Path directory = Path.of(configured).toAbsolutePath();
    // What does not exist is made at the start, so the nearest that does has to allow it.
    Path existing = directory;
    Path parent = directory.getParent();
    while (!Files.exists(existing) && parent != null) {
      existing = parent;
      parent = existing.getParent();
    }
    if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
      findings.add(
          Finding.problem(
              check,
              "This user cannot write into '" + existing + "'.",
              "Make '" + directory + "' for the user that runs the peer, with mode 700."));
      return;
    }
    try {
      long left = Files.getFileStore(existing).getUsableSpace();
      String text = "'" + directory + "' has " + (left >> 20) + " MiB left.";
      if (left < LEAST_BYTES) {
        findings.add(Finding.problem(check, text, "Make room: a member that cannot write ends."));
      } else if (left < FEW_BYTES) {
        findings.add(Finding.warning(check, text, "Make room before it is full."));
      } else {
        findings.add(Finding.ok(check, text));
      }
    } catch (IOException e) {
      findings.add(
          Finding.problem(
              check, "'" + existing + "' cannot be used: " + e.getMessage() + ".", "Look at it."));
    }
  }
}
