package io.euryale.peer.group;

import io.euryale.group.membership.MemberCore;
import io.euryale.group.membership.MemberSettings;
import io.euryale.group.named.Rights;
import io.euryale.group.primary.Primary;
import io.euryale.group.primary.PrimaryOutput;
import io.euryale.kernel.DatagramHome;
import io.euryale.kernel.PeerName;
import io.euryale.link.Keyring;
import io.euryale.peer.RefusedException;
import io.euryale.peer.RefusedException.Reason;
import io.euryale.platform.Loopback;
import io.euryale.platform.PlatformException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What the settings of a member must fulfil before it starts, and what they come to.
final class StartChecks {

  private StartChecks() {}

  /// @throws RefusedException when a setting is not valid, or names another machine without keys
  static MemberSettings memberSettings(GroupPeerSettings settings, boolean isKeyed) {
    if (!PeerName.isValid(settings.name())) {
      throw new RefusedException(
          Reason.INVALID,
          "'"
              + settings.name()
              + "' cannot be the name of a peer: use 1 to 64 letters, digits, '.', '_' or '-', a"
              + " letter or digit first.");
    }
    if (!isKeyed) {
      requireLoopback(settings.host());
    }
    DeclaredMembers declared =
        DeclaredMembers.parse(new PeerName(settings.name()), settings.members());
    if (!isKeyed) {
      declared.contacts().forEach(contact -> requireLoopback(contact.endpoint().host()));
    }
    return new MemberSettings(
        settings.overlayName(),
        declared.contacts(),
        declared.charter(settings.minimumPrimary()),
        settings.membership(),
        settings.order(),
        settings.handshakes());
  }

  /// The keys that the settings name; null without.
  static @Nullable Keyring keyring(GroupPeerSettings settings) {
    return settings.keyFile().isEmpty() || !PeerName.isValid(settings.name())
        ? null
        : GroupKeys.load(new PeerName(settings.name()), Path.of(settings.keyFile()));
  }

  /// The primary component as the life before recorded it.
  ///
  /// @throws PlatformException when the record cannot be read
  static Function<PrimaryOutput, Primary> primary(
      DatagramHome control, PeerName self, MemberSettings settings, Path directory) {
    try {
      return MemberCore.recordedPrimary(control, self, settings);
    } catch (IllegalStateException _) {
      throw new PlatformException(
          PlatformException.ENVIRONMENT,
          "What the directory '"
              + directory
              + "' records of the primary component cannot be read: restore it from a copy made"
              + " while the peer was stopped, or remove it and start under a new name, because a"
              + " peer that forgot how it voted can make a second primary component.");
    }
  }

  /// @throws RefusedException when a line of the table cannot be understood
  static Rights rights(List<String> lines) {
    try {
      return Rights.parse(lines);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(Reason.INVALID, String.valueOf(e.getMessage()), e);
    }
  }

  static Path dataDirectory(GroupPeerSettings settings) {
    return settings.dataDirectory().isEmpty()
        ? Path.of(System.getProperty("java.io.tmpdir"), "euryale-group-" + settings.name())
        : Path.of(settings.dataDirectory());
  }

  private static void requireLoopback(String host) {
    if (!Loopback.isLoopback(host)) {
      throw new RefusedException(
          Reason.INVALID,
          "Host '"
              + host
              + "' is not a loopback address, and members without keys stay on this machine: make a"
              + " key file for each member and name it in the setting keyFile, or use 127.0.0.1.");
    }
  }
}
