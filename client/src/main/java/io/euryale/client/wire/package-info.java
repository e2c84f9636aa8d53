/// The session protocol between an application and its peer, version 1.
///
/// A frame is `length (4) · type (1) · fields`; the length counts type and fields, from 1 to
/// 1 MiB. Numbers are big-endian. A text is its length in bytes (2) and UTF-8. A member is peer
/// name (text), incarnation (8), application (text). Types are append-only, and a field is never
/// added to a type: a later version adds a type.
///
/// | type | what the application says | fields |
/// |---|---|---|
/// | 1 | hello | magic (4) `EURS`, lowest version (1), highest (1), application (text) |
/// | 2 | join | handle (4), class (1), group (text), flags (1) |
/// | 3 | leave | handle (4) |
/// | 4 | send | handle (4), service (1), token (8), receivers (1), members, payload |
/// | 5 | give state | handle (4), transfer (4), piece (1), bytes |
/// | 6 | ask state | handle (4) |
/// | 7 | query | request (4), question (1), class (1), group (text) |
/// | 8 | goodbye | |
///
/// | type | what the peer says | fields |
/// |---|---|---|
/// | 128 | welcome | version (1), peer (text), incarnation (8), largest message (4) |
/// | 129 | refused | handle (4), token (8), reason (text), sentence (text) |
/// | 130 | view | handle (4), view |
/// | 131 | message | handle (4), sender, service (1), flags (1), token (8), position (8), payload |
/// | 132 | stable | handle (4), token (8) |
/// | 133 | left | handle (4), cause (1) |
/// | 134 | snapshot | handle (4), transfer (4), receiver |
/// | 135 | state begins | handle (4), giver |
/// | 136 | state | handle (4), bytes |
/// | 137 | state complete | handle (4), giver |
/// | 138 | no state | handle (4) |
/// | 139 | primary | is primary (1), index (8), verdict (text) |
/// | 140 | answer | request (4), found (1), text (rest, UTF-8): see below |
/// | 141 | closing | reason (text) |
///
/// Codes: class 1 alarm, 2 critical, 3 normal; service 0 unreliable, 1 reliable, 2 fifo,
/// 3 causal, 4 agreed, 5 safe; cause 0 join, 1 leave, 2 disconnect, 3 configuration; piece
/// 0 more, 1 last, 2 failed; question 0 view, 1 groups, 2 status. Flags of a join: 1 wants
/// state, 2 gives it; of a message: 1 private, 2 own.
///
/// A view is its id (text), cause (1), whether it is regular (1), whether somebody joined or
/// left (1) and who (member), count (2), and for each member the member and its part (4). In
/// `refused`, handle 0 is the session itself, and token 0 the join, leave or state of the handle.
/// An answer that found nothing is one sentence; one to a question that was refused is the reason
/// on a line of its own, then the sentence.
///
/// ## State by message, at the peer
///
/// | | hello | join | leave, send, give, ask | query | goodbye |
/// |---|---|---|---|---|---|
/// | before hello | checked | close | close | close | close |
/// | open, handle unknown | close | new handle | refused | answered | leaves all, close |
/// | open, handle known | close | close | done | answered | leaves all, close |
///
/// State of a transfer that nobody wants any more is left out. A frame that is too long or
/// cannot be read closes the session as well. Before the hello the peer reads at most 16 KiB and
/// waits for a limited time.
@NullMarked
package io.euryale.client.wire;

import org.jspecify.annotations.NullMarked;
