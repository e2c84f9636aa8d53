/// Who is in the configuration: failure detection, agreement, installation.
///
/// ## Who hears whom
///
/// Every member tells all peers it has a session with, in each heartbeat, whom it hears, and with
/// whom it hears each other. So everybody knows the graph of who can work with whom, as far as it
/// matters to him. The peers of one configuration hear each other, every pair both ways; the
/// configurations wanted are the greedy cliques of the graph in the order of names. Nobody has to
/// know the whole graph for that: in its heartbeats everybody also tells with whom it wants to be
/// in a configuration; who is chosen by an earlier peer follows, and leaves to earlier peers whom
/// they have chosen. So a one-way or missing link leads to stable, smaller configurations instead
/// of endless attempts, also where every peer hears others.
///
/// A peer is lost when it was silent for the failure timeout, when it said that it leaves, when it
/// is no peer of the group any more, or when its control connection broke and it does not answer a
/// question within one round. A peer that
/// finds more than half of the others silent, and at least two, distrusts itself first and asks
/// them, early enough for an answer before the failure timeout is over; a peer that notices that it
/// was itself paused gives the others time anew.
///
/// ## Agreement
///
/// The first member of a wanted configuration that is not installed proposes it:
///
/// ```
///  coordinator                                    member
///       │ ── Propose(id, members) ──────────────────▶ │ promises id, falls silent in all classes
///       │ ◀──────────── Accept(id, old, holdings) ─── │
///  joins the holdings per old configuration           │
///       │ ── Commit(id, members, merged) ───────────▶ │ gets the union of the packets
///       │ ◀──────────────────────── Recovered(id) ─── │ obliged to the union from here on
///       │ ── Install(id) ───────────────────────────▶ │ delivers, installs the transitional one
///       │ ◀───────────────────────────── Left(id) ─── │ done with the old one
///       │ ── Enter(id) ─────────────────────────────▶ │ installs the new one
/// ```
///
/// Everything is repeated until it is answered, and answering twice is harmless. A member only
/// follows ids above all it has promised, also over restarts: a ceiling of the numbers is on disk
/// before a number below it is promised. An attempt that loses a member is given up for one with a
/// higher id. What was frozen stays frozen until some attempt succeeds; nothing of a failed attempt
/// is taken back or needed, except the obligation (see `order`).
///
/// Nobody enters the new configuration before all its members have left what they were in. That is
/// more than extended virtual synchrony asks for; primary components need it (a new one begins when
/// nobody of its quorum is in the old one any more). A member that waits for the last step in vain
/// enters nevertheless, since it cannot stay between two configurations, but keeps its vote back:
/// that configuration cannot become primary, and the next one is proposed.
///
/// That all who install it agree on the last step cannot be had when a member is cut off at that
/// moment (two generals); it then goes on from the old configuration with whom it still has, and
/// the obligation makes it deliver what the others may have.
///
/// ## Installation
///
/// Configurations are common to all classes, each with its own loop. The control core lets every
/// class deliver what belongs into the old regular configuration, installs the transitional one,
/// lets every class deliver the rest, and installs the new regular one.
@NullMarked
package io.euryale.group.membership;

import org.jspecify.annotations.NullMarked;
