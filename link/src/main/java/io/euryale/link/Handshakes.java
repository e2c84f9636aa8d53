package io.euryale.link;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Agrees on sessions with peers: the control core's part of links.
public final class Handshakes {

  /// @param self who and where this process is
  /// @param overlay name of the overlay; handshakes of others are rejected
  /// @param keyring null on loopback without keys
  /// @param control sessions of the control class, of the same core
  public Handshakes(
      LinkSettings settings,
      PeerRef self,
      String overlay,
      @Nullable Keyring keyring,
      Sessions control,
      LinkHome home) {}

  /// Keeps a session with this peer from now on: begins handshakes until one succeeds, and again
  /// whenever the peer falls silent. Repeating it with another endpoint corrects the endpoint.
  public void contact(long nowNanos, PeerName peer, Endpoint endpoint) {}

  /// Ends the session with a peer and begins no more handshakes with it; it may still begin one.
  public void forget(long nowNanos, PeerName peer) {}

  /// Agrees on new keys with this life of a peer; asked for by a class that has used up the old.
  public void renew(long nowNanos, PeerId peer) {}

  /// Replaces the keyring: sessions under keys that are gone end, sessions under keys that are no
  /// longer preferred are renewed.
  public void keyring(long nowNanos, Keyring keyring) {}

  /// A datagram that [Envelope#isHandshake].
  public void datagram(long nowNanos, ByteBuffer datagram) {}

  /// When [#due] is to be called next; `Long.MAX_VALUE` for never. Changes with every call.
  public long nextDeadline() {
    return Long.MAX_VALUE;
  }

  /// Does what is due.
  public void due(long nowNanos) {}

  /// Peers with a session, sorted by name.
  public List<PeerRef> peers() {
    return List.of();
  }
}
