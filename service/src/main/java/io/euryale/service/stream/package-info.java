/// Streams: named, ordered flows of packets from sensors at the edge to clients at the root, kept
/// alive through failures by the cells on the way [0 §III.b–d].
///
/// ## Parts
///
/// - [io.euryale.service.stream.Publisher] is the sensor's end, one per traffic class. It numbers
/// the packets of a stream and keeps each one until it was delivered. `SensorLink` chooses the peer
/// that takes them, `Transmission` sends and repeats them.
/// - [io.euryale.service.stream.Relay] is a peer's part, one per traffic class. It forwards, copies
/// to its cell, acknowledges and takes over. `Reception` looks at what comes, `Admission` asks for
/// the rights; `Flows` has what is known of each flow, `RelayLinks` where links lead; `Custody`,
/// `Forwarding`, `FailOver`, `Resync` and `StrongReplicas` move and keep packets, and
/// `Confirmations` tells of them; `Announcements` says which streams there are; `Clients`,
/// `Claims`, `Settlement` and `Distribution` serve clients.
/// - [io.euryale.service.stream.Subscriber] is the client's end. It puts the packets of a stream in
///   order, drops repetitions and acknowledges. `ClientLinks` has its links to peers, `Wishes`
///   what it asks of streams; `Resequencer` puts packets in order, `NewestOnly` takes those that
///   wait for nothing before them, of the newest of a stream's `Lives`; `Handover` hands them over,
///   `Acknowledgements` says how far they came.
///
/// A *flow* is one life of one stream: the stream's name, its sensor and the incarnation of that,
/// folded into 64 bits of a hash that nobody can aim. A sensor speaks for itself: what it
/// advertises is of the name and incarnation of its hello, and who tells of another flow with the
/// identity of one that is known is refused. Sequence numbers start at 1 in each flow and belong to
/// one traffic class.
///
/// ## Custody (`active`)
///
/// A peer that receives a packet stores it, forwards it and sends copies to its cell in the same
/// turn, the forward first. When a sibling has confirmed the copy, two peers hold the packet; only
/// then does the peer tell the hop below that the packet is *held*, and the hop below frees its own
/// copy and those of its cell. A cell therefore keeps a packet until two peers of the next cell
/// hold it; in a cell with one peer the packet counts as held when the cell above holds it. The
/// paper synchronizes the cell before it forwards; this form exists as `active(synchronous)`.
///
/// The sensor keeps a packet until the client has it: acknowledgements carry, besides what is held,
/// how far the client's application has received the flow. A packet that stays unconfirmed is sent
/// again, by each hop that keeps custody and in the end by the sensor, with growing pauses and a
/// bounded number of times; then the sensor's application is told that it is lost. This goes beyond
/// [0 §III.c], where the peer next to the sensor is the originator: here a flow also survives the
/// loss of whole cells, as long as the sensor lives.
///
/// A packet of class alarm that is sent again goes to another member of the cell above every second
/// time, so that one that stands still costs a hop no more than its first pause. The others keep to
/// their parent until it has been silent for the stall timeout: they are many, and under load each
/// of them twice would make more of it.
///
/// ## Passive replication (`passive(1s)`)
///
/// As `active`, but the cell gets its copies at the end of the period, in one batch, and only of
/// what is not confirmed from above by then [0 §III.c]: what came in its last part, as
/// confirmations are gathered for an eighth of the period, 125 ms at most, at each hop. The hop
/// below hears *held* as always: when two peers hold the packet. So a peer that dies takes nothing
/// with it alone: what its cell has no copies of is still at the hop below, at the first hop in the
/// sensor's hands. What can be lost, when a sensor dies together with its peer, is what it
/// published in the last period; it was told of nothing of that that it was held.
///
/// ## How many replicas (`active(replicas=2)`)
///
/// Without a number all peers of the cell get copies and one confirmation is enough. With a number
/// N, the N peers nearest by name do, and a packet is *held* when N have confirmed, or all others
/// of a smaller cell: then N peers can die.
///
/// ## Strong replicas (`active(agreed)`)
///
/// The peers of each cell form a group, one ordered stream of messages in each traffic class
/// ([io.euryale.service.cell]). A packet that arrives at a peer is multicast AGREED in it; every
/// peer of the cell stores it when it is delivered, and only then its owner forwards it. So all
/// replicas of a cell have the packets of all streams in the same order, and what left a cell has
/// its place there. The packet is *held* when a sibling confirmed its copy, as above, and besides
/// it is stable: all members of the group hold it and everything before it, so that whoever
/// survives has it at the same place. That is as strong as SAFE delivery; the forward does not wait
/// for it. At a change of the configuration, what those who go on together have delivered counts as
/// stable if they are two at least; everything else is given to the group again, and discarded
/// where it is a repetition. Limits of window and store stop a peer from taking packets from below;
/// a packet that has its place is stored beyond them, up to four windows of its flow. Owners keep
/// within one, so only a replica that has not heard for so long what is done refuses one: it counts
/// it, and confirms no copy.
///
/// Without a group, because it forms or the peer is between two cells, such packets wait; nothing
/// is confirmed, so that they stay at the hop below too. End-to-end repetitions for which a peer
/// has no custody pass as in the other forms, without a place and without a replica.
///
/// ## Qualities of service
///
/// What a subscription asks ([io.euryale.service.stream.StreamQos]) and a sensor offers
/// ([io.euryale.service.stream.StreamOffer], in its advertisements) is compared by the client, with
/// what the root peer measured of the path. On the way matter: the replication and whether the
/// sensor repeats; at the root peer also the last value, which it keeps, and conflation, for which
/// it has one packet at a time in flight to the client. Packets carry their age: every process adds
/// the time that it had them, and half the round trip of the link that it sends them on.
///
/// ## Lives
///
/// Epochs are wall clocks, and nothing refuses a life with a lower one: the peer that a sensor
/// comes to may not know the other. Who wants all packets gets those of each life. Who wants the
/// newest, or the last value, takes the highest epoch for the newest, unless it has not been said
/// for long and a lower one has; what it cannot decide yet it does not confirm, so that it comes
/// again.
///
/// ## Fail-over
///
/// Every peer keeps links to its siblings and to all members of the cell above. When the parent's
/// link is reset, or nothing is acknowledged over it for a while, packets go to the live member of
/// that cell nearest to the parent by Levenshtein distance, pending ones first. In the failed
/// peer's own cell the holder of copies nearest to it adopts and forwards them [0 §III.d]. Both
/// sides use the same rule, so the feeders find the adopter. A wrong guess only makes repetitions,
/// which the next hop and at last the client discard.
///
/// ## Clients
///
/// In the root cell a client has a claim to the streams that it subscribed to: packets stay until
/// it has them. It may be connected to all root peers, to some, or to a peer anywhere below, and is
/// reached by a *way*: its own link, a child, or a sibling. What a client says travels to the root
/// cell in an envelope, and there to the siblings that it is not connected to, so all root peers
/// know all claims. Its subscriptions, repeated every second, are what makes a way; one by a child
/// is better than one by a sibling, and its newer peer (*turn*) better than the one before; else
/// the last is, but that a sibling's replaces a child's only when that is two periods old or
/// nothing came over its link for a while. Who is asked for packets and says nothing for long is
/// left, by the client for another peer of the cell, by peers on the way for another above, whom
/// they tell at once. A peer that has lost its way up for as long sends its near clients away and
/// tells the peers below (`way up`), who take another; one that has no other is cut off with it and
/// does the same. A near client asks whoever serves it which peers there are.
/// Packets go over each link once (`down`); peers on the way match them with the
/// subscriptions that went up by them, and keep nothing. What is for one client goes in an
/// envelope: what it lacks when it comes in another way, last values, answers.
///
/// What clients want is bounded: in different patterns, of which sensors hear (`Subscriptions`),
/// and in bytes that a peer remembers (`WishBudget`). First come, first served; who finds no room
/// is told (`Admission`). Peers of the root cell may have heard of clients in another order and let
/// in different patterns. So peers below take some more, and a wish that sensors do not hear of is
/// a claim nevertheless: what one root peer let in has no gap at another.
///
/// A peer that is new in the root cell frees nothing until another has told it of the clients
/// there, for two periods at most. Claims of clients that nothing leads to at present are told too,
/// be they hearsay, since who told of them may be gone, and for how long they still last. This
/// goes beyond [0], whose clients are at the root node.
///
/// A peer that moves to another cell sends packets that nobody keeps by the link to its former
/// parent until the new one is up; as a new peer of the root cell also that way for 2 s, since
/// clients may not have found it. When the way up changes, or the peer goes up into the root cell,
/// the clients behind it are asked to say what they want as if they had chosen their peer now
/// (`ask-clients`): their newer turn beats all that was said by the way of before.
///
/// What is *done* at a peer is so for its place: peers above it hold it. When one of those comes
/// down the tree with packets in its hands, or goes beside, they come up once more, by peers that
/// would say that they are done. So whoever gets another peer above or beside it first tells it
/// which packets it keeps (`resync`), and that one passes it on to those above and beside it
/// ([io.euryale.service.stream.Resync]).
///
/// A peer that is drained asks its sensors, its near clients and the peers below to go elsewhere
/// (`go-elsewhere`) while it is still in its cell, and leaves when they have gone: there are two
/// ways for a moment and never none. So a drain makes no gap, also when it makes others move.
///
/// Who refused packets for want of room, peer or client, says so when there is room again, and what
/// waits is sent at once.
///
/// ## Floors
///
/// A packet tells two floors. Below its *hop floor* the sender has nothing left to hand over: the
/// receiver's cell or one above it holds everything; this lets a peer that just joined start its
/// window. Below the *origin floor* the sensor keeps nothing: delivered or given up; this lets a
/// client skip what will never come.
///
/// Messages are specified in [io.euryale.service.stream.StreamFrames].
@NullMarked
package io.euryale.service.stream;

import org.jspecify.annotations.NullMarked;
