/// The primary component: of all components of a partitioned group at most one may decide, and
/// this layer says which [4].
///
/// [io.euryale.group.primary.Primary] is a state machine over the SAFE deliveries of one ordering
/// space. It needs a disk for one small record and keeps no time.
///
/// # Who may be next
///
/// Dynamic linear voting \[JM90\]: the declared voters are primary component 0; number k + 1 needs
/// more than half of the weight of number k, or exactly half with its distinguished member, the
/// first by name that has a weight. `minimumPrimary`, a weight, bounds how far that may shrink.
/// Names vote, not lives. Members that were not declared take part without weight.
///
/// # The rounds
///
/// ```
/// regular configuration -> state messages of all -> knowledge, quorum?
///   -> attempt record to disk -> create-primary messages of all -> primary, "formed" messages
/// ```
///
/// A message names the configuration it was said in, and counts in no other. Whatever a state
/// message says is on disk before.
///
/// | state              | entered, after [4] §5                                                 |
/// |--------------------|-----------------------------------------------------------------------|
/// | `NON_PRIM`         | at start; exchange without quorum; change during an exchange          |
/// | `EXCHANGE_STATES`  | with every regular configuration: members tell what they know         |
/// | `EXCHANGE_ACTIONS` | all state messages are here. This layer has no actions to exchange    |
/// |                    | and goes on at once; the replication engine will exchange them here   |
/// | `CONSTRUCT`        | a quorum, nobody vulnerable: everybody promises, durably              |
/// | `NO`               | the change came while a promise was missing. If it stays missing,     |
/// |                    | nobody had it as safe and nobody installed (§4.1, case 3)             |
/// | `UN`               | all promises are here, some only after the change (case 2): somebody  |
/// |                    | may have installed, or not                                            |
/// | `REG_PRIM`         | all promises came in the regular configuration (case 1): everybody    |
/// |                    | has them or crashes, so no other component can form from this quorum  |
/// | `TRANS_PRIM`       | the change ends the primary; or in `UN` a member's word that it did   |
/// |                    | install                                                               |
///
/// # Vulnerable
///
/// A member is vulnerable from before its promise until it left the primary in order
/// (`TRANS_PRIM`, then the next regular configuration) or knows that the attempt failed (`NO`,
/// then the same). A crash in between leaves it so, because it lost what the primary may have
/// delivered to it. A component with a vulnerable member forms nothing, unless the exchange
/// resolves it:
///
/// - somebody knows a later primary, or left this one in order;
/// - a member of the attempt is not vulnerable to it and did not install: it never promised, or
///   came out of `NO`;
/// - all members of the attempt have met, directly or one after the other (the bits of [4]), each
///   as ignorant as the others. It then counts as installed: one of them may have installed it
///   and told its application before it crashed. This is safe in both cases: if nobody did, one
///   number of the chain belongs to a component that did nothing, and quorums are taken of it
///   all the same. Nobody can come to the other conclusion, because whoever knew of a failure is
///   a member that is not ignorant. Its members that were not told before
///   get `settled`.
///
/// # Lost disks
///
/// A member without a record may have known anything. It is told everything, takes part, and its
/// weight counts as absent until an attempt of a quorum without it includes it; then nothing it
/// may have forgotten can matter any more. Two exceptions let a group begin, and go on after
/// disasters: where nobody has heard of any attempt, all count (the first start); where every
/// declared voter is present, all count, and one without record is taken to know no more about
/// attempts than the others, since nobody with a vote is elsewhere.
///
/// Limits: a quorum of the declared voters without records looks like a first start, and voters
/// that never started have none either; so start all of them once before trusting the disks. When
/// all members of the last primary lose their disks, its existence is forgotten: set
/// `minimumPrimary` above the weight that may be lost at once. A member whose attempt broke off
/// during the very first start, before its record was durable, counts again only with a quorum of
/// others or when all voters are present. A record restored from an old copy is worse than none:
/// never do that.
///
/// # Differences to [4]
///
/// - In `UN` a "formed" message of a member that installed decides, not an action: other traffic
///   classes have orders of their own, and there is no engine yet. Each member sends one, in the
///   same order as the promises, so `UN` is decided more often than by chance of an action.
/// - The install is announced at its place in the total order, before the disk has it. [4] writes
///   first and may therefore resolve a common doubt as failed; here it counts as installed.
/// - A known failure of an attempt, and knowledge of members whose disks were lost, as above.
/// - Voters are declared once, in a charter that travels with the records; changing them is an
///   action of the replication engine ([4] §5.1).
///
/// # Traces
///
/// `primary` and `settled` are both written as `PRIMARY`, with the regular configuration in which
/// the component formed: otherwise a component that crashed while it was being told about would
/// be missing in the chain. `state` is `STATE`, `attempt` is `ATTEMPT`.
@NullMarked
package io.euryale.group.primary;

import org.jspecify.annotations.NullMarked;
