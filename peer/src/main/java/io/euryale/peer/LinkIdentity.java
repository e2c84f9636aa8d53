package io.euryale.peer;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerName;
import io.euryale.peer.RefusedException.Reason;
import io.euryale.platform.LinkKeys;
import io.euryale.platform.PlatformException;
import io.euryale.platform.Reach;
import io.euryale.platform.keys.Certificates;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a peer, sensor or client proves its name with: keys from a directory, or nothing, on
/// loopback only.
final class LinkIdentity implements AutoCloseable {

  private final PeerName name;
  private final @Nullable LinkKeys keys;

  private LinkIdentity(PeerName name, @Nullable LinkKeys keys) {
    this.name = name;
    this.keys = keys;
  }

  /// @param directory of keys; empty for none
  /// @throws RefusedException when the keys cannot be used
  static LinkIdentity open(PeerName name, String directory) {
    if (directory.isEmpty()) {
      return new LinkIdentity(name, null);
    }
    try {
      return new LinkIdentity(name, LinkKeys.open(Path.of(directory), name));
    } catch (PlatformException e) {
      throw new RefusedException(Reason.INVALID, String.valueOf(e.getMessage()), e);
    } catch (InvalidPathException e) {
      throw Checks.invalid("'" + directory + "' cannot be a directory of keys.");
    }
  }

  /// Refuses addresses that these keys, or none, do not allow.
  void require(List<Endpoint> contacts) {
    contacts.forEach(contact -> require(contact.host()));
  }

  void require(String host) {
    require(() -> reach().require(host));
  }

  void requireToListen(String host) {
    require(() -> reach().requireToListen(host));
  }

  private Reach reach() {
    return keys == null ? Reach.LOOPBACK : Reach.KEYED;
  }

  private static void require(Runnable check) {
    try {
      check.run();
    } catch (PlatformException e) {
      throw new RefusedException(Reason.INVALID, String.valueOf(e.getMessage()), e);
    }
  }

  @Nullable LinkKeys keys() {
    return keys;
  }

  /// @throws RefusedException without keys, or when the files cannot be used
  void reload() {
    if (keys == null) {
      throw Checks.invalid(
          name
              + " was started without keys: restart it with the setting keyDirectory to have"
              + " some.");
    }
    try {
      keys.reload();
    } catch (PlatformException e) {
      throw new RefusedException(Reason.INVALID, String.valueOf(e.getMessage()), e);
    }
  }

  /// The keys in use; null without keys.
  @Nullable KeyStatus status() {
    if (keys == null) {
      return null;
    }
    X509Certificate certificate = keys.certificate();
    return new KeyStatus(
        Certificates.names(certificate),
        certificate.getNotAfter().toInstant(),
        Certificates.fingerprint(certificate),
        keys.warnings(),
        keys.lastRefusal());
  }

  /// What to add to a sentence about links that do not come up; empty when keys are not the reason.
  String hint() {
    String refusal = keys == null ? "" : keys.lastRefusal();
    String end = refusal.endsWith(".") ? "" : ".";
    return refusal.isEmpty() ? "" : " The last refusal: " + refusal + end;
  }

  @Override
  public void close() {
    if (keys != null) {
      keys.close();
    }
  }
}
