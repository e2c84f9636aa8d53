/// The real environment: sockets, files, threads and clocks of this machine.
///
/// ## Links
///
/// [io.euryale.platform.Loops] has one thread for each traffic class. A
/// [io.euryale.platform.NettyHome] gives one core on one class its links, its timer and its
/// time. A `Connection` is one TCP connection: hello both ways
/// ([io.euryale.kernel.wire.HelloCodec]), then frames ([io.euryale.kernel.wire.Frames]); a
/// `FrameAssembler` cuts what is read, an `Outbox` packs what is written, a `Dial` keeps a link
/// that was asked for. `TurnHandler` and `SelectorHandler` stand between Netty and the operating
/// system: they give the loop its turns (inputs, timers, `idle`, flush) and make no garbage, so a
/// packet that is forwarded costs no heap. Listening and dialling stay on loopback until peers
/// have keys ([io.euryale.platform.Loopback]).
///
/// ## Settings
///
/// [io.euryale.platform.SettingsBinder] reads YAML into the records of the modules, strictly;
/// [io.euryale.platform.SettingsSchema] describes the same records to editors.
///
/// ## Observations
///
/// [io.euryale.platform.Observations] puts what all cores of a process observe into one order;
/// [io.euryale.platform.TraceFile] writes it down without holding up a loop;
/// [io.euryale.platform.MachineFacts] says on what machine a result was had.
@NullMarked
package io.euryale.platform;

import org.jspecify.annotations.NullMarked;
