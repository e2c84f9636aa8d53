/// Keyed datagrams between peers: what group communication and the mesh overlay send through.
///
/// **Identity.** Every peer has an X25519 key; a [io.euryale.link.Keyring] lists the public keys of
/// all. Without a keyring, on loopback only, links have the same shape with random session indexes
/// and checksums in place of secrets: they tell damage and former lives, not liars.
///
/// **Handshake.** The control cores of two peers agree on a session
/// ([io.euryale.link.Handshakes]). Both may begin; of two that cross the first name's goes on.
///
/// ```
/// initiator                                       responder
///     | -- first: e, es, ss, {who I am} ------------> |  repeated as it is until answered
///     | <------------ second: e, ee, se, {who I am} - |  offered: every class accepts the keys
///     | -- confirm, under the new keys -------------> |  repeated; established
///     | <------------ confirmed, under the new keys - |
/// established
/// ```
///
/// A first message costs one HMAC until its sender proved to have a key of the keyring; it counts
/// up, so a recorded one is worth nothing; and it displaces no session: only the confirmation does.
/// A later incarnation of a peer supersedes the former, an earlier one is refused.
///
/// **Sessions.** What was agreed upon ([io.euryale.link.SessionKeys]) is an immutable snapshot that
/// the control core hands to the cores of the other classes; each derives a key of its own for each
/// direction. [io.euryale.link.Sessions] seals and opens with AES-256-GCM under
/// [io.euryale.link.Envelope]; the packet number is the nonce, and a window of 8,128 numbers takes
/// each once.
///
/// **Renewal.** After an hour, or 2^30 packets, or when the keyring prefers another key, a new
/// handshake runs beside the old session. Every class opens packets under the new keys before
/// anybody sends under them, and under the old ones for a while after, so nothing is lost. Sessions
/// have an order that both sides agree on, and the last one is sent under.
///
/// **Contents.** [io.euryale.link.Packer] puts several messages into one datagram,
/// [io.euryale.link.Fragments] one message into several.
///
/// Nothing here throws on what arrived. Everything rejected is counted by its reason
/// ([io.euryale.link.Rejection], [io.euryale.link.LinkCounters]).
@NullMarked
package io.euryale.link;

import org.jspecify.annotations.NullMarked;
