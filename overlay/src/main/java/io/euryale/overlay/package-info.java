/// How peers find their place and each other: cells, membership, discovery and paths.
///
/// # The tree
///
/// A cell holds one position of a tree ([io.euryale.overlay.CellId]); its peers hold it together.
/// One of them, the coordinator, alone changes the cell's [io.euryale.overlay.CellView]. A view has
/// a [io.euryale.overlay.Term], a ballot that names the coordinator: a term has one coordinator by
/// construction, and nobody follows a lower term than it followed. Agreement is promised only when
/// things have been quiet for a while; whatever needs more stands on groups, not on cells.
///
/// The root coordinator keeps the directory of all cells. Views travel up to it, from coordinator
/// to coordinator, as reports; news of the root travel down, from parents to children. Both are
/// soft state: repeated, versioned, forgotten when they stop.
///
/// # Joining [0 §III.a][1 §3.2]
///
/// ```
/// joiner                 root coordinator     cell's coordinator     parent-to-be
///   | binding request ------->|                     |                    |
///   |<------ binding reply ---| place, reserved     |                    |
///   | bind ---------------------------------------->|                    |
///   |<------------------------------ bind reply ----| view               |
///   | parent request ---------------------------------------------------->|
///   |<---------------------------------------------------- parent reply --|
///   | join -> parent -> its coordinator -> coordinator above -> … -> root |
///   |<- join reply, back along the route                                  |
///   | enter --------------------------------------->|                    |
///   |<------------------------------------- view ---|                    |
/// ```
///
/// The founder of a cell skips bind and enter; members of the root cell have no parent and no join.
/// Any member answers a binding request with a redirect to the root cell. Phases are the records of
/// `Phase`; each request is repeated with growing time-outs, then the peer starts over at another
/// guide. A peer that was expelled asks for its former cell,
/// and a new one for the cell that its operator gave it, if any.
///
/// # When something fails [0 §III.d][1 §1.1]
///
/// - A peer watches siblings, parent and children: pings with adaptive time-outs, broken links,
///   refused dials. Both ends of a link ping, so neither answers the other's. A pause of its own
///   makes it forgive everybody. Who suspects most of its neighbours, and at least two, asks others
///   first whether it is deaf itself (`SelfDoubt`).
/// - The coordinator removes the members it suspects. When the coordinator is gone, the most senior
///   of the others takes over in a higher term. In a cell of two below the root it asks the
///   coordinator of the cell above first, which keeps the accused if that one answers
///   (`Succession`, `Arbitration`).
/// - A member that answers pings but lags behind its cell's view for longer than a reorganisation
///   may take is shunned like a silent one (`Laggards`). Who is shunned joins again, by way of its
///   former neighbours when contacts and root cell are gone.
/// - A peer without cell, parent or coordinator for more than a second reports a broken promise
///   (`Reorganisation`).
/// - A lost parent is replaced by the nearest other member of its cell by Levenshtein distance; the
///   published neighbourhood names it at once, while it is still being asked. With no other left, a
///   peer of level 1 joins the election of a new root cell and others start joining again.
/// - A lost root cell is replaced by a peer of level 1, most senior first: quickly where the
/// majority of the level agrees that it is gone, after the orphans' patience otherwise.
/// - Of two views of one cell the higher term wins; members of the other that it does not list are
///   shunned: expelled and made to join again. Halves of a cell meet at the root, halves of the
/// root by probing lost members and contacts.
/// - Where two root cells meet, the lower term gives way: its members join again, the cells below
///   keep their places and members and only change their parents, unless a place is taken, which
///   the cells' own terms decide. But the part with more peers outbids the other first
///   (`RivalRoots`).
/// - A root cell that hears of a higher term whose members do not answer outbids it: peers that
///   believe the rumour would not listen otherwise.
/// - The root fills cells that have become too small from the last leaf, and dissolves a last leaf
///   that is too small itself, one peer at a time and only in quiet times. A lost cell is founded
///   anew by the first of the peers below it that join again.
///
/// # Peers that lie
///
/// Terms fence mistakes, not lies: a peer that is let in can disturb the others as long as it is
/// there. It must not outlast itself. So nobody believes terms far beyond those it knows
/// (`TermBound`); numbers are far from where they wrap; a view is followed on the word of its
/// coordinator only, who is asked when others tell of it; answers count from whom they were asked,
/// orders from the root coordinator; what is remembered is bounded, and forgotten when it is not
/// repeated. What had no effect is counted (`Rejection`).
///
/// # Where this differs from the papers
///
/// They leave open how a coordinator is replaced ("an overlay specific algorithm"), how a lost root
/// cell is, and how split halves meet: terms, election and probing are ours. The news of the root
/// go along parent links rather than between coordinators, because a child without its parent's
/// coordinator still needs them. The peer without contacts founds an overlay; one that was a member
/// may found a root cell again, after its patience; of those that never were, the first by name of
/// the peers that seek together founds in the founder's place after a longer one. Whom others turn
/// away founds none: somebody is there.
///
/// # Observations
///
/// | event         | fields                                                                    |
/// |---------------|---------------------------------------------------------------------------|
/// | `PHASE`       | `from`, `to`: the phase changed                                           |
/// | `TRANSITION`  | `phase`, `input`: first time a message of this kind came in this phase    |
/// | `BIND`        | `cell`, `founds`: the root reserved a place                               |
/// | `MEMBER`      | `cell`: a stay begins                                                     |
/// | `CELL_VIEW`   | `cell`, `term`, `number`, `version`, `coordinator`, `members` (each       |
/// |               | `name#incarnation`, its parent after `^`, by seniority): a view is followed |
/// | `COORDINATOR` | `cell`, `term`: this peer leads                                           |
/// | `FENCED`      | `cell`, `term`: a higher term ended its lead                              |
/// | `FENCE`       | `cell`, `term`: as root coordinator it told that this view has lost       |
/// | `PARENT`      | `parent`, `cell`: who is the parent now                                   |
/// | `PARENT_LOST` | `parent`, `reason`                                                        |
/// | `PARENT_BUSY` | `parent`: who was asked to be it seeks one itself                         |
/// | `ORPHANED`    | `term`: no member of that root cell is left                               |
/// | `SUSPECT`     | `who`, `reason`, `silence` (ms), `near` (peers watched), `doubtful` (of   |
/// |               | them suspected without proof, or about to be)                             |
/// | `TRUST`       | `who`: a suspicion is withdrawn                                           |
/// | `LEAVES`      | `who`: a member said that it goes                                         |
/// | `ELSEWHERE`   | `who`: a listed member stands in another cell, or in none                 |
/// | `SHUNNED`     | `cell`, `reason`: a stay ended against this peer's will                   |
/// | `MOVES`       | `from`, `to`: a stay ended because another cell needs this peer           |
/// | `REBALANCE`   | `who`, `from`, `to`: as root coordinator it asked a peer to move          |
/// | `ROOT`        | `term`, `peers`: another root cell is known, with so many peers behind it |
/// | `MERGES`      | `term`, `into`: this root cell gives way to another                       |
/// | `MERGED`      | `cell`, `took` (ms): its member has a place again                         |
/// | `OUTBID`      | `term`, `peers`, `own`: this root cell outbids a lighter one              |
/// | `REORGANISED` | `took` (ms): this peer has cell, parent and coordinator again             |
/// | `PROMISE_BROKEN` | `promise`, `phase`: it has been without for too long                   |
/// | `DOUBT`       | `suspected`, `near`: this peer may be deaf itself                         |
/// | `DOUBT_OVER`  | `reason`: `HEARD_AGAIN`, `ANSWERED` or `ALONE`                            |
/// | `ACCUSES`     | `cell`, `who`: asks the cell above                                        |
/// | `ARBITRATED`  | `cell`, `accuser`, `keeper`: decided for a cell below                     |
/// | `DECIDED`     | `cell`, `keeper`: the cell above decided                                  |
/// | `UNDECIDED`   | `cell`: the cell above did not answer                                     |
/// | `LATE`        | `who`, `behind` (ms): a member lags behind and is removed                 |
/// | `REFUSED`     | `reason`: an operator has to do something                                 |
/// | `PAUSED`      | `late` (ms): this peer was itself stopped                                 |
/// | `LEFT`        | `acknowledged`: a leave is complete                                       |
/// | `UNKNOWN`     | `type`: a message of a later version was skipped                          |
/// | `MALFORMED`   | `from`, `reason`: a link was closed because of its bytes                  |
/// | `REJECTED`    | `reason` (see `Rejection`), `from`, `what`, `n`: a message had no effect,    |
/// |               | the first of its reason, and then whenever their number has doubled       |
///
/// # At the edge
///
/// Sensors, clients and observers are no members: an [io.euryale.overlay.Attachment] asks one peer
/// each second whom to attach to. The answer also names a few peers drawn from other cells, which
/// it asks when nobody else it knows answers any more.
///
/// Attachments write `ATTACHED` and `ATTACHMENT_LOST` with `who` and `text`.
@NullMarked
package io.euryale.overlay;

import org.jspecify.annotations.NullMarked;
