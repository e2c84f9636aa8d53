/// Light-weight named groups over the ordered stream of one traffic class.
///
/// **What.** Members are applications at peers ([io.euryale.group.named.GroupMemberId]); a join
/// or leave is one AGREED message of the stream, applied by all peers at its place, so that all
/// members see the same [views][io.euryale.group.named.GroupView] between the same messages.
/// Peers without members in a group follow its membership and skip its messages.
///
/// **Same view (EV-9).** An AGREED or SAFE message is delivered in the view that the order
/// gives it. A FIFO or CAUSAL message does not wait for the order, so one receiver could have
/// it before a join and another after it. A peer therefore announces in the order that it sends
/// such messages to a group (until then the order carries them); when a join or leave is
/// ordered, each announced peer flushes, in the order, and the view changes at the last flush:
/// the stream delivers a flush after everything its sender sent before. Messages sent in the
/// new view carry its id and wait at peers that have not come to it. So a join costs one
/// message in groups that use AGREED and SAFE only, and one more for each announced peer in the
/// others. RELIABLE travels as FIFO, for a flush says nothing about what may come in any order;
/// UNRELIABLE is dropped outside its view. Delivering in whatever view a receiver is in would
/// have been cheaper, and dropping what is late, or stopping all senders for each join,
/// simpler; the first breaks EV-9, the second RELIABLE, the third the price of a join.
///
/// **Changes of the configuration.** The transitional configuration gives each group with
/// members here a transitional view. In the next regular one every peer first tells its
/// memberships, in one AGREED message (more above 4,000 of them); when the last has told, all
/// groups get their views, at that place. A member whose peer is not in the configuration
/// cannot be told of, so there are no ghosts. If the configuration changes before, it begins
/// again. Every frame names the configuration it was written for; what was queued below and is
/// bound to a later one is ignored by all and submitted again by its sender, so nothing is
/// delivered in views that its sender did not know. A join that is ordered in a transitional
/// configuration is applied there: the view that follows is transitional too and has as its
/// origin the regular view that other parts may have installed. Two parts that miss different
/// joins then have views with different ids.
///
/// **State.** See [io.euryale.group.named.JoinOptions] and
/// [io.euryale.group.named.StateSource]: a snapshot at a point of the order, pulled in chunks
/// under a credit window, while what follows is kept for the joiner, bounded; then the transfer
/// begins anew at a later point, a few times. Own messages that the state contains are not
/// delivered to the joiner again.
///
/// **Memory.** Bounded by [io.euryale.group.named.GroupSettings]. A slow application is paused
/// by its host; this peer then grants no credit for the application's groups and their senders
/// stop after one window, their queues fill, and they are refused until `writable`. Nothing is
/// cut.
///
/// **Rights.** See [io.euryale.group.named.Rights].
///
/// All of it is one loop's, without clocks or randomness.
@NullMarked
package io.euryale.group.named;

import org.jspecify.annotations.NullMarked;
