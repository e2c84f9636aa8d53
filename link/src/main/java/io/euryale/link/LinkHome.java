package io.euryale.link;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import java.nio.ByteBuffer;

/// What [Handshakes] asks of the core it is part of. Called only from inside its methods; the home
/// must not call [Handshakes] back from here.
public interface LinkHome {

  /// Sends a datagram (position to limit, copied) to the control port of `remote`. It may get lost.
  void send(Endpoint remote, ByteBuffer datagram);

  /// Fills `target` with randomness fit for keys.
  void keyBytes(byte[] target);

  /// A number in `[0, bound)`, never for keys.
  long jitter(long bound);

  /// The other side may soon send under these keys: every class calls [Sessions#accept].
  void offered(SessionKeys keys);

  /// Both sides have these keys: every class calls [Sessions#install]. Follows `offered` with the
  /// same keys; the first one for a peer makes it reachable.
  void established(SessionKeys keys);

  /// Keys are no longer to be used, because a key of the keyring they came from is gone: every
  /// class calls [Sessions#retire]. Sessions that newer ones replace are not told of; they run out.
  void retired(SessionKeys keys);

  /// A later life of a peer has proved itself; what belongs to the life before is over. Followed by
  /// `established` for the later life.
  void superseded(PeerId former, PeerRef present);

  /// No session with this peer is left, and none is wanted: every class calls [Sessions#forget],
  /// and whatever else is kept for the peer can go.
  void forgotten(PeerName peer);
}
