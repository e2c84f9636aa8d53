/// Ordered delivery in one traffic class: Lamport time with cumulative acknowledgements.
///
/// ## The order
///
/// The messages of a member leave in packets. A packet has a sequence number of its sender in its
/// configuration and a Lamport timestamp; the total order is (timestamp, rank of the sender).
/// Nobody hands out the order and nobody passes it on: it is in the packet from the first moment.
/// That is
/// what extended virtual synchrony asks for: a sender that is cut off from everybody delivers its
/// own messages in the place that others, out of its reach, may have given them already. A
/// sequencer or a token have to give a sender the number before it sends, which costs it a wait.
///
/// Every datagram tells three numbers of its sender, and these are all acknowledgements there are:
///
/// | number  | says                                                                            |
/// |---------|---------------------------------------------------------------------------------|
/// | `clock` | packets that I send from now on have a later timestamp                          |
/// | `count` | so many packets I have sent in this configuration                               |
/// | `line`  | I hold every packet of every member with a timestamp up to here                 |
///
/// A receiver that holds `count` packets of a member has *heard* it up to `clock`. Its own line is
/// the least it has heard of any member. An AGREED packet is delivered when the line has reached
/// its timestamp, a SAFE packet when the lines of all members have: by then everybody holds the
/// packet
/// *and* everything before it, so that whoever is cut off now delivers it too. Packets below all
/// lines are forgotten. FIFO and CAUSAL packets do not wait for the order; CAUSAL ones carry how
/// much of each member's sequence their sender had delivered.
///
/// ## Loss
///
/// Gaps are known from `count` and from later packets, asked for after a millisecond from the
/// sender, then from any member that holds them. While something is not yet held by all, everybody
/// repeats its numbers with growing pauses.
///
/// ## A configuration ends
///
/// `membership` freezes the class: it sends nothing more in this configuration and reports its
/// [io.euryale.group.order.Holdings]. [io.euryale.group.order.Merged] is what those who go on
/// together know: the union of the packets, the best of what was heard, the lines. Everybody gets
/// the union, then delivers by the rules above with the merged knowledge what belongs into the
/// regular configuration, then, in the transitional one, the rest: everything of members that go on
/// together, and of the others what cannot depend on a packet that nobody has. A member that told
/// the others that it holds the union is *obliged* to it (the obligation set of Moser et al. 1994):
/// should the configuration change again before it installs, it still treats those members' packets
/// as if they had come along, since one of them may have delivered them already.
@NullMarked
package io.euryale.group.order;

import org.jspecify.annotations.NullMarked;
