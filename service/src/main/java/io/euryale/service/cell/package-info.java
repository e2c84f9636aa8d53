/// A peer of the overlay with its part in the group of its cell.
///
/// Streams with `active(agreed)` want the peers of each cell to agree on one order of their
/// packets. The group of a cell is a group as any other ([io.euryale.group.membership.MemberCore]
/// and a [io.euryale.group.order.ClassCore] in each class of data), put together here with the
/// cores of the overlay peer:
///
/// - **Ports.** The datagrams of the group use the ports that the peer listens on anyway, one for
///   each class, so that the overlay's own announcements tell where a sibling can be reached.
/// - **Universe.** A member looks for the siblings of the present
///   [io.euryale.overlay.Neighbourhood] and hears nobody else; every new neighbourhood is told to
///   the running member. Who is lost there is lost here at once; who is silent here for the failure
///   timeout is lost here only.
/// - **One stay, one life.** A member lives as long as a stream wants it and the peer stays in the
/// cell. Another cell, or the same one again, gets a new member with an id of its own
///   ([io.euryale.service.stream.GroupLife]) in a group with the name of the cell; so no
///   configuration reaches beyond one stay of one peer in one cell. Nothing is kept on disk: no
///   promise outlives the life that made it, and there is no primary component to protect.
/// - **Keys.** Where links prove names, peers tell each other a key over their control links, and
/// the datagrams are sealed between each two of them. A key counts as long as the link does.
/// - **Price.** While no stream asks for it a peer has no member, sends nothing and keeps nothing
/// but the open ports, which it does not read. A member sends heartbeats to its siblings. It
/// ends within a refresh period of the last subscription that wanted it.
///
/// Each core here drives two others in one home, the one of the overlay and the one of the group:
/// frames and links go to the first, datagrams to the second, and each has its own timer.
@NullMarked
package io.euryale.service.cell;

import org.jspecify.annotations.NullMarked;
