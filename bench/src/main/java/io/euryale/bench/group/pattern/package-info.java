/// The packets of several ways to put messages into one order, with nothing around them: no
/// retransmission, no membership, no failures. They show what an ordering costs at the least on
/// this machine, and were measured to choose the one that `io.euryale.group.order` has.
///
/// All are written alike: one socket, one loop, bundles of up to 60 kB, own packets in flight
/// limited, a thread that sends writes to the socket itself.
@NullMarked
package io.euryale.bench.group.pattern;

import org.jspecify.annotations.NullMarked;
