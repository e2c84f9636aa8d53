/// The scenario `streams`: whole stacks (cells and relays, sensors, a client) under seeded faults,
/// and the checkers of the streaming promises.
///
/// ## Trace vocabulary
///
/// Written at the application border by the host, simulated or real:
///
/// | event     | by     | fields                                                   |
/// |-----------|--------|----------------------------------------------------------|
/// | `PUBLISH` | sensor | `stream`, `epoch`, `seq`, `class`, `digest`, `protected` |
/// | `HELD`    | sensor | `stream`, `epoch`, `upTo`: two peers hold all up to here |
/// | `ACKED`   | sensor | `stream`, `epoch`, `upTo`: the client has all up to here |
/// | `LOST`    | sensor | `stream`, `epoch`, `seq`, `reason`                       |
/// | `DELIVER` | client | `stream`, `epoch`, `seq`, `class`, `digest`              |
/// | `GAP`     | client | `stream`, `epoch`, `from`, `to`                          |
///
/// Written by peers, for streams with `active(agreed)`:
///
/// | event     | fields                                                                        |
/// |-----------|-------------------------------------------------------------------------------|
/// | `INSTALL` | as of groups: the configuration `x` of the cell's group, of `kind` REG or TRANS |
/// | `STORE`   | `x`, `class`, `flow`, `seq`: a packet was stored at its place in the order      |
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
/// | S-7 | what two peers hold is delivered although its sensor dies, unless a cell dies with it |
/// | S-8 | any two peers that stored agreed packets in one configuration did so in the same order |
/// | S-9 | while peers are drained, and nothing else happens, there is no gap and no loss         |
@NullMarked
package io.euryale.lab.streams;

import org.jspecify.annotations.NullMarked;
