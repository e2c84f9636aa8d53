/// Checkers of group communication: extended virtual synchrony, the primary component, and that
/// runs settle. [GroupCheckers] makes them, [TraceFiles] merges the files of real processes for
/// them.
///
/// ## Trace vocabulary
///
/// Written by the host at the application border, simulated or real. `name#incarnation` is a
/// life; `m` is `name/incarnation/class/sequence`; a configuration `x` is a text such as
/// `12/a#3` (regular) or `11/a#3/b#1` (transitional). Events that carry `group` belong to the
/// layer of named groups, where `x` is the text of a view.
///
/// | event | fields |
/// |---|---|
/// | `BOOT`, `CRASH` | a life begins or ends; `CRASH` with `torn`: the end of a file is missing |
/// | `SUBMIT` | `m`, or `class`: the next message of the class; the application gave it |
/// | `REFUSED` | `class`: the submission written last was not taken |
/// | `SEND` | `m`, `class`, `svc`, `cfg`, `digest`, `group`?, `private`? |
/// | `INSTALL` | `x`, `kind` (`REG`, `TRANS`), `members`, `origin` (of TRANS), `group`? |
/// | `DELIVER` | `m`, `x`, `class`, `svc`, `digest`, `group`?, `private`? |
/// | `PRIMARY` | `x`, `primaryIndex`, `members`, `group`? |
/// | `ATTEMPT` | `primaryIndex`, `attempt`, `members` by name |
/// | `SETTLED` | `primaryIndex`, `attempt`: it has to be taken for a primary |
/// | `JOIN`, `LEAVE` | `group`: the process becomes, or is no longer, a member by its own will |
/// | `FAULT` | harness: `fault`, `phase` (`begin`, `end`) |
/// | `QUIESCE`, `END` | harness: no more faults; the last event |
///
/// `members` are a list, or the text of one. Other events are ignored; events of the vocabulary
/// that cannot be read break X-2.
///
/// ## Checkers
///
/// O: at the event; L: when a process leaves the configuration; E: at the end.
///
/// | id | promise | when |
/// |---|---|---|
/// | CF-1 | who installs a configuration is its member | O |
/// | CF-2 | the id of a configuration means the same kind, members and origin everywhere | O |
/// | CF-3 | ids installed by one process name strictly increase, over restarts too | O |
/// | CF-4 | regular and transitional configurations alternate | O |
/// | CF-5 | a transitional one has members of both neighbours; survivors install it | O, E |
/// | CF-6 | who goes from one regular to the same next goes through the same transitional | L |
/// | CF-7 | messages are sent and delivered in the present configuration | O, E |
/// | EV-1a | what is delivered was sent before, with the same content and service | O |
/// | EV-1b | no life delivers a message twice | O |
/// | EV-1c | a message is sent once, by its sender, a member of the configuration | O |
/// | EV-1d | delivery in the configuration of sending or the transitional one behind it | O |
/// | EV-2 | configurations, ordered and causal messages fit one logical time | E |
/// | EV-3a | the last configuration of a live process is the last one of all its members | E |
/// | EV-3b | every life begins with a regular configuration | O |
/// | EV-3c | no configuration is used before its installation or after the next | O |
/// | EV-4 | a process delivers its own messages before the next regular configuration | L, E |
/// | EV-5 | who goes on together has delivered the same set | L |
/// | EV-6 | causes before effects; the sequence of a sender without gaps | O |
/// | EV-7a | one order of AGREED and SAFE messages | E |
/// | EV-7b | nothing before a delivered message is missing, of senders that are members | E |
/// | EV-8a | a safe message is delivered by every member that lives on | E |
/// | EV-8b | delivered in a regular configuration, it finds all members in it | O |
/// | EV-9 | the views of each group keep EV-1a to c, EV-2, EV-5 to EV-8a; no ghosts | all |
/// | PC-1 | one primary for each index, one index for each primary | O, E |
/// | PC-2 | somebody goes from each primary to the next | E |
/// | PC-3 | each primary has a quorum of the one before, and the least weight | E |
/// | PC-4 | those who make the quorum have left the one before | E |
/// | PC-5 | nothing sent in a primary after the next was installed becomes safe in it | E |
/// | PC-6 | all agree on configuration and members of a primary | O |
/// | LV-1 | who hears each other shares a configuration within the bound | E |
/// | LV-2 | after that nothing is installed | E |
/// | LV-3 | after that every message reaches all members within the bound | E |
/// | LV-4 | with one-way links everybody still settles | E |
/// | LV-5 | after that no message waits in its queue longer than the bound | O, E |
/// | X-2 | the trace can be read, no dead life speaks, and somebody sends | O, E |
///
/// A trace without sends breaks X-2. Without global steps (real processes) EV-8b asks only that
/// every member installed the configuration at some time; PC-4, PC-5 and LV-1 to LV-5 stay
/// silent; EV-3a and the end of EV-4 and EV-8a are judged when the caller says that the run had
/// settled.
///
/// ## Decisions
///
/// - CF-5, EV-8a: the survivors of a transitional configuration are its members that install
///   the regular one it leads to. A member cut off at the last step may go another way (two
///   generals); it may deliver a safe message in another transitional configuration.
/// - CF-7 and EV-3c name one rule; EV-3c is the part about time.
/// - EV-1b is kept by incarnation: members keep no delivery state over a restart.
/// - EV-2 has no edges for FIFO, RELIABLE and UNRELIABLE messages. They may overtake what their
///   sender delivered before, which a graph with merged deliveries would show as a cycle.
/// - EV-6: "sent or delivered before" means the whole sequence of FIFO, CAUSAL, AGREED and SAFE
///   messages that the sender itself had.
/// - EV-7a is a cycle of merged deliveries alone, EV-2 any other. No run breaks EV-2 alone in
///   the ordering layer: such a cycle also breaks CF-3, EV-1d, EV-5 or EV-6.
/// - EV-9: EV-8b is not asked of views. A view changes by an ordered message, and an
///   acknowledgement proves that this message is held, not that it was delivered. A join or leave
///   ordered in a transitional configuration gives another transitional view there, whose origin is
///   the regular view of other parts, or of nobody. Which of these a side misses differs, so one
///   view for each message is asked of deliveries in regular views.
/// - PC-2, PC-3: names vote, not lives, because the record of the vote is durable.
/// - LV-3: what was sent before the last configuration of its sender is left to EV-4, EV-5,
///   EV-8a.
///
/// ## Compared line by line with the sources
///
/// Moser, Amir, Melliar-Smith and Agarwal, "Extended Virtual Synchrony" (ICDCS 1994), as far as
/// it is known here without its text (its numbers are from memory), and [4] ("From Total Order to
/// Database Replication" §4.1, "N-Way Fail-Over" §3.1, "Practical Wide-Area Database Replication"
/// §3).
///
/// | source | here |
/// |---|---|
/// | EVS 1.1, 1.2 precedence is a partial order | EV-2: no cycle in program and send order |
/// | EVS 1.3 a delivered message was sent | EV-1a; the content is compared as well |
/// | EVS 1.4 sent once, delivered at most once | EV-1b, EV-1c |
/// | EVS 1.3, 1.4 delivered in reg(c) or trans(c) | EV-1d |
/// | EVS 2.1 a failed member leads to a new one | EV-3a, LV-1: only after quiescence |
/// | EVS 2.2 events happen inside a configuration | EV-3b, EV-3c, CF-7 |
/// | EVS 2.3, 2.4 configuration changes as one cut | EV-2: installations merged |
/// | EVS 3 self-delivery unless it fails | EV-4; not for UNRELIABLE, which we add |
/// | EVS 4 failure atomicity | EV-5, for both kinds of configuration |
/// | EVS 5 causal delivery within a configuration | EV-6; FIFO and prefixes are our addition |
/// | EVS 6.1, 6.2 one logical time for ordered messages | EV-2, EV-7a |
/// | EVS 6.3 gaps only of senders outside trans(c) | EV-7b |
/// | EVS 7.1 safe: every member delivers unless it fails | EV-8a |
/// | EVS 7.2 safe in regular: installed by every member | EV-8b |
/// | EVS primary: unique, continuous | PC-1, PC-2 |
///
/// - [4] Total Order §4.1: "members of the next regular configuration coming directly from the
///   same regular configuration" is CF-5; "delivered to every process that is a member of that
///   configuration, unless that process fails" is EV-8a; that nothing new is sent in the
///   transitional configuration is CF-7.
/// - Its three cases: a safe message delivered in the regular configuration (1), in the
///   transitional one (2), or not at all (3), and never (1) at one and (3) at another. EV-8a
///   with `x` regular is this exclusion, EV-8a with `x` transitional keeps (2) and (3) apart
///   within one component; that (2) and (3) may meet across components is allowed.
/// - Its §3 names dynamic linear voting: "a (weighted) majority of the last primary component".
///   PC-3 adds the tie: half of the weight with the linearly first member that has weight. PC-4
///   and PC-5 are ours; they follow from EV-8 and the create-primary round of its §5.
/// - N-Way Fail-Over §3.1 asks for two things: servers that advance together from one membership to
///   the next "will deliver an identical set of messages in the first membership" (EV-5), and
///   agreed delivery (EV-7a).
/// - Wide-Area §3: safe needs "the total order of the message and to know that every other
///   daemon in the membership already has the message" (EV-8a, EV-7b); its stability is told
///   per site, which traces do not show.
///
/// Differences. Sets (EV-5) are compared between any two that make the same step, whatever
/// became of them later; the model says the same of processes that "proceed together". The
/// original has causal, agreed and safe only. Starting processes may be in any regular
/// configuration, not only alone. The white-box check that every member holds a safe message in
/// its log belongs to the protocol's tests.
@NullMarked
package io.euryale.lab.group;

import org.jspecify.annotations.NullMarked;
