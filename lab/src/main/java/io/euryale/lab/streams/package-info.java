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
@NullMarked
package io.euryale.lab.streams;

import org.jspecify.annotations.NullMarked;
