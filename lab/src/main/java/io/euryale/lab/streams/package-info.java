/// The scenario `streams`: whole stacks (cells and relays, sensors, clients at any peer) under
/// seeded faults, and the checkers of the streaming promises.
///
/// ## Trace vocabulary
///
/// Written at the application border by the host, simulated or real:
///
/// | event     | by     | fields                                                   |
/// |-----------|--------|----------------------------------------------------------|
/// | `PUBLISH` | sensor | `stream`, `epoch`, `seq`, `class`, `digest`, `protected`, … |
/// | `HELD`    | sensor | `stream`, `epoch`, `upTo`: two peers hold all up to here |
/// | `ACKED`   | sensor | `stream`, `epoch`, `upTo`: the client has all up to here |
/// | `LOST`    | sensor | `stream`, `epoch`, `seq`, `reason`                       |
/// | `DELIVER` | client | `stream`, `epoch`, `seq`, `class`, `digest`              |
/// | `REFUSED` | client | `pattern`, `stream`, `policy`                            |
/// | `DEADLINE` | client | `pattern`, `stream`: nothing came for too long           |
/// | `GAP`     | client | `stream`, `epoch`, `from`, `to`                          |
///
/// In one schedule of three the overlay changes while streams run (`Upheaval`), as the harness
/// tells: `UPHEAVAL` (`kind`) at the start, `PART` (`phase`, `below`) when a part is cut off from
/// its root cell and when it is not any more, `DRAIN` (`peer`).
///
/// A payload of several `packets` has the sequence of the last of them. `PUBLISH` also tells the
/// `replicas` and the `period` in ms that the stream is protected with.
///
/// Streams of class normal have an offer (last value, type, lifespan). Their `PUBLISH` also tells
/// `lifespan` in ms and whether the client wants the `newest` only, and `DELIVER` tells `age` in
/// µs, `kept`, and by which patterns the stream is `refusedBy`.
///
/// Written by peers, for streams with `active(agreed)`:
///
/// | event     | fields                                                                        |
/// |-----------|-------------------------------------------------------------------------------|
/// | `INSTALL` | as of groups: the configuration `x` of the cell's group, of `kind` REG or TRANS |
/// | `STORE`   | `x`, `class`, `flow`, `seq`: a packet was stored at its place in the order      |
/// | `PLACED`  | as `STORE`, of a packet that was stored there or is with the next cell already  |
///
/// ## Checkers
///
/// | id  | promise                                                                              |
/// |-----|--------------------------------------------------------------------------------------|
/// | S-1 | what the sensor was told is delivered was delivered, unless it was reported lost      |
/// | S-2 | a client sees the packets of a flow in order                                          |
/// | S-3 | a client sees no packet twice                                                         |
/// | S-4 | what a client sees was published, with the same content                               |
/// | S-5 | at the end every protected packet of a live sensor was delivered or reported lost     |
/// | S-6 | alarms are not starved: published after faults stopped, delivered within 2 s          |
/// | S-7 | what two peers hold, or as many as asked for, outlives its sensor                    |
/// | S-8 | any two peers that stored agreed packets in one configuration did so in the same order |
/// | S-9 | while peers are drained, and nothing else happens, there is no gap and no loss         |
/// | S-10 | when all is well, a packet is held a period and 1 s after it was published            |
/// | S-11 | a new client gets the last value of a stream that keeps it                           |
/// | S-12 | a subscription gets nothing of a stream that does not fit it                         |
/// | S-13 | the age that a client is told is that of the packet                                  |
/// | S-14 | a packet is delivered or given up within its lifespan                                |
/// | S-15 | a silence longer than the deadline of a subscription is told, and no other           |
/// | S-16 | a path that was measured to be slower than asked for is refused, and no other        |
/// | S-17 | an application that takes nothing of one stream slows no other                        |
/// | S-18 | a part without root cell has one in 6 s; once quiet, its clients get all in 1 s
/// |
/// | S-19 | what the sensor was told is delivered, every client had before, wherever it is        |
@NullMarked
package io.euryale.lab.streams;

import org.jspecify.annotations.NullMarked;
