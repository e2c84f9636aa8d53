/// The session protocol between an application and its peer, version 1.
///
/// A frame is `length (4) · type (1) · fields`; the length counts type and fields, from 1 to
/// 1 MiB. Numbers are big-endian; a text is its length in bytes (2) and UTF-8; a member is three
/// fields: peer name (text), incarnation (8), application (text). Types are append-only, and a
/// field is never added to a type: a later version adds a type.
///
/// | type | from | name | fields |
/// |---|---|---|---|
/// | 1 | client | hello | magic (4) = `EURS`, lowest and highest version (1, 1), application (text) |
/// | 2 | client | join | handle (4), class (1), group (text), flags (1): 1 wants state, 2 gives it |
/// | 3 | client | leave | handle (4) |
/// | 4 | client | send | handle (4), service (1), token (8), receivers (1), each a member, payload |
/// | 5 | client | give state | handle (4), transfer (4), kind (1): 0 more, 1 last, 2 failed; bytes |
/// | 6 | client | ask state | handle (4) |
/// | 7 | client | query | request (4), what (1): 0 view, 1 groups, 2 status; class (1), group (text) |
/// | 8 | client | goodbye | |
/// | 128 | peer | welcome | version (1), peer (text), incarnation (8), largest message (4) |
/// | 129 | peer | refused | handle (4), token (8), reason (text), sentence (text) |
/// | 130 | peer | view | handle (4), view (see below) |
/// | 131 | peer | message | handle (4), sender, service (1), flags (1): 1 private, 2 own; token (8), position (8), payload |
/// | 132 | peer | stable | handle (4), token (8) |
/// | 133 | peer | left | handle (4), cause (1) |
/// | 134 | peer | snapshot | handle (4), transfer (4), receiver |
/// | 135 | peer | state begins | handle (4), giver |
/// | 136 | peer | state | handle (4), bytes |
/// | 137 | peer | state complete | handle (4), giver |
/// | 138 | peer | no state | handle (4) |
/// | 139 | peer | primary | is primary (1), index (8), verdict (text) |
/// | 140 | peer | answer | request (4), found (1), text (rest, UTF-8) |
/// | 141 | peer | closing | reason (text) |
///
/// A view is its id (text), cause (1: 0 join, 1 leave, 2 disconnect, 3 configuration), regular
/// (1), the member that joined or left (present (1), member), count (2), and for each member the
/// member and its part (4).
///
/// In `refused`, handle 0 is the session itself and token 0 the join, leave or state of the
/// handle.
///
/// ## The client's side, state by message
///
/// | | hello | join | leave, send, give, ask | query | goodbye |
/// |---|---|---|---|---|---|
/// | before hello | checked | close | close | close | close |
/// | open, handle unknown | close | new handle | refused | answered | leaves all, close |
/// | open, handle known | close | close | done | answered | leaves all, close |
/// | closing | close | close | close | close | close |
///
/// A frame that is too long or cannot be read closes the session as well. Before the hello, the
/// peer reads at most 16 KiB and waits for a limited time.
@NullMarked
package io.euryale.client.wire;

import org.jspecify.annotations.NullMarked;
