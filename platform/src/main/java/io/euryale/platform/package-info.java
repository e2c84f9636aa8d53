/// The real environment: sockets, files, threads and clocks of this machine.
///
/// ## Links
///
/// [io.euryale.platform.Loops] has one thread for each traffic class. A
/// [io.euryale.platform.NettyHome] gives one core on one class its links, its timer and its
/// time; it calls the core by `CoreCalls`, in turns. `Links` knows what is up and what is dialled,
/// `Guests` how many connections others may open. A `Connection` is one TCP connection: hello both
/// ways ([io.euryale.kernel.wire.HelloCodec]), then frames ([io.euryale.kernel.wire.Frames]); a
/// `FrameAssembler` cuts what is read, an `Outbox` packs what is written, a `Dial` keeps a link
/// that was asked for. With [io.euryale.platform.LinkKeys] all of it goes through `Tls`, and the
/// hello's name must be one of the certificate's. `TurnHandler` and `SelectorHandler` stand between
/// Netty and the operating system: they give the loop its turns (inputs, timers, `idle`, flush) and
/// make no garbage, so a packet that is forwarded costs no heap. Listening and dialling stay on
/// loopback unless what matters is proved by keys ([io.euryale.platform.Reach]).
///
/// ## Datagrams
///
/// `Datagrams` is a UDP socket at the same selector, for cores that take datagrams
/// ([io.euryale.kernel.DatagramCore]). It has the port number of the links, so that one endpoint
/// serves both. A turn reads up to 64 datagrams into the loop's one buffer; what is sent leaves at
/// once. Refusals of the machine are counted by reason ([io.euryale.platform.Unsent]).
///
/// ## Records
///
/// [io.euryale.platform.Records] keeps what a core must not forget: a locked directory, a file for
/// each record, replaced by renaming and forced by a thread of its own. A machine that cannot
/// write stops the homes of that peer.
///
/// ## Settings
///
/// [io.euryale.platform.SettingsBinder] reads YAML into the records of the modules, strictly;
/// [io.euryale.platform.SettingsSchema] describes the same records to editors,
/// [io.euryale.platform.SettingsReference] to people.
///
/// ## Operation
///
/// [io.euryale.platform.Pulse] tells whether the loops turn. [io.euryale.platform.HttpEndpoint]
/// serves pages about it to probes; [io.euryale.platform.ServiceManager] tells it to systemd, by
/// `UnixDatagram`, the only native calls there are. [io.euryale.platform.JavaCommand] starts other
/// processes of Euryale.
///
/// ## Observations
///
/// [io.euryale.platform.Observations] puts what all cores of a process observe into one order;
/// [io.euryale.platform.TraceFile] writes it down without holding up a loop;
/// [io.euryale.platform.MachineFacts] says on what machine a result was had.
@NullMarked
package io.euryale.platform;

import org.jspecify.annotations.NullMarked;
