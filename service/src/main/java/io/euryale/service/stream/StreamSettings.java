package io.euryale.service.stream;

import io.euryale.kernel.settings.Setting;
import java.time.Duration;

/// Limits and pauses of the streaming cores; the same record serves sensors, peers and clients.
public record StreamSettings(
    @Setting(
            about =
                "First pause before a hop sends an unconfirmed packet again; doubles each time. Too"
                    + " short repeats packets that are only slow, too long delays recovery from"
                    + " loss.",
            byDefault = "250ms",
            min = "5ms",
            max = "10s")
        Duration retryPause,
    @Setting(
            about = "Longest pause between two sendings of a packet.",
            byDefault = "2s",
            min = "10ms",
            max = "60s")
        Duration retryPauseLimit,
    @Setting(
            about =
                "How often a packet is sent at most by one hop, and by the sensor before it reports"
                    + " the packet lost.",
            byDefault = "12",
            min = "2",
            max = "100")
        int attempts,
    @Setting(
            about =
                "How long a sensor waits for delivery of a packet that two peers hold before it"
                    + " repeats it end to end; doubles each time.",
            byDefault = "1s",
            min = "50ms",
            max = "60s")
        Duration deliveryTimeout,
    @Setting(
            about =
                "Silence of a parent with packets unconfirmed after which another member of its"
                    + " cell is used, although the link is up. A client near to a peer, and peers on"
                    + " its way, leave one that says nothing for twice that, or for half of"
                    + " refreshPeriod if it is more. Also how long a peer may be without a way up"
                    + " before it sends near clients and peers below to others.",
            byDefault = "600ms",
            min = "20ms",
            max = "30s")
        Duration stallTimeout,
    @Setting(
            about =
                "How long acknowledgements of classes other than alarm are gathered. Longer saves"
                    + " work, shorter frees copies sooner; packets never wait for it.",
            byDefault = "2ms",
            min = "0ms",
            max = "100ms")
        Duration acknowledgementDelay,
    @Setting(
            about = "Period of soft state: advertisements, subscriptions, interest.",
            byDefault = "1s",
            min = "50ms",
            max = "60s")
        Duration refreshPeriod,
    @Setting(
            about =
                "How long a client waits for a missing packet when nothing more is heard of its"
                    + " stream.",
            byDefault = "30s",
            min = "100ms",
            max = "10m")
        Duration gapTimeout,
    @Setting(
            about = "How long a root peer keeps the subscriptions of a client that went away.",
            byDefault = "10s",
            min = "0ms",
            max = "10m")
        Duration clientGrace,
    @Setting(
            about =
                "How long a flow of which nothing is heard is remembered when nothing of it is kept,"
                    + " and how long the root cell keeps packets that no client wants.",
            byDefault = "60s",
            min = "1s",
            max = "1h")
        Duration flowIdle,
    @Setting(
            about = "Most packets of one flow that a hop, sensor or client keeps.",
            byDefault = "4096",
            min = "16",
            max = "65536")
        int windowPackets,
    @Setting(
            about =
                "Most bytes of packets that one traffic class of a peer, sensor or client keeps."
                    + " When they are used up, new packets are refused and stay at the hop below.",
            byDefault = "16MiB",
            min = "64KiB",
            max = "4GiB")
        long storeBytes,
    @Setting(
            about =
                "Largest packet that a sensor makes, with 48 bytes for itself; larger payloads travel"
                    + " as several. Large packets keep others waiting at every hop, small ones cost"
                    + " work.",
            byDefault = "64KiB",
            min = "1KiB",
            max = "512KiB")
        int packetBytes,
    @Setting(
            about = "Most flows that one traffic class of a peer knows.",
            byDefault = "10000",
            min = "1",
            max = "100000")
        int flows) {

  /// The defaults documented on each setting.
  public static StreamSettings defaults() {
    return new StreamSettings(
        Duration.ofMillis(250),
        Duration.ofSeconds(2),
        12,
        Duration.ofSeconds(1),
        Duration.ofMillis(600),
        Duration.ofMillis(2),
        Duration.ofSeconds(1),
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        4096,
        16L << 20,
        64 << 10,
        10_000);
  }

  /// The same with another size of packets.
  public StreamSettings withPacketBytes(int bytes) {
    return with(
        retryPause, stallTimeout, clientGrace, flowIdle, windowPackets, storeBytes, bytes, flows);
  }

  /// The same with another room for packets.
  public StreamSettings withStoreBytes(long bytes) {
    return with(
        retryPause, stallTimeout, clientGrace, flowIdle, windowPackets, bytes, packetBytes, flows);
  }

  /// The same with another window for each flow.
  public StreamSettings withWindowPackets(int packets) {
    return with(
        retryPause, stallTimeout, clientGrace, flowIdle, packets, storeBytes, packetBytes, flows);
  }

  /// The same with room for another number of flows.
  public StreamSettings withFlows(int most) {
    return with(
        retryPause,
        stallTimeout,
        clientGrace,
        flowIdle,
        windowPackets,
        storeBytes,
        packetBytes,
        most);
  }

  /// The same with another time for a client to come back.
  public StreamSettings withClientGrace(Duration grace) {
    return with(
        retryPause, stallTimeout, grace, flowIdle, windowPackets, storeBytes, packetBytes, flows);
  }

  /// The same with another time after which a silent flow is forgotten.
  public StreamSettings withFlowIdle(Duration idle) {
    return with(
        retryPause, stallTimeout, clientGrace, idle, windowPackets, storeBytes, packetBytes, flows);
  }

  /// The same with other pauses before a packet is repeated and a silent parent avoided.
  public StreamSettings withStall(Duration pause, Duration stall) {
    return with(pause, stall, clientGrace, flowIdle, windowPackets, storeBytes, packetBytes, flows);
  }

  private StreamSettings with(
      Duration pause,
      Duration stall,
      Duration grace,
      Duration idle,
      int window,
      long store,
      int packet,
      int mostFlows) {
    return new StreamSettings(
        pause,
        retryPauseLimit,
        attempts,
        deliveryTimeout,
        stall,
        acknowledgementDelay,
        refreshPeriod,
        gapTimeout,
        grace,
        idle,
        window,
        store,
        packet,
        mostFlows);
  }

  /// Most bytes of a payload that one packet carries.
  int fragmentBytes() {
    return packetBytes - StreamFrames.PACKET_HEADER_BYTES;
  }

  /// How many packets a payload of so many bytes needs.
  public int fragments(int payloadBytes) {
    return Math.max(1, (payloadBytes + fragmentBytes() - 1) / fragmentBytes());
  }

  /// The pause after the `attempts`-th sending: doubled each time, up to the limit.
  long pauseNanos(long firstNanos, int attempts) {
    long limit = Math.max(firstNanos, retryPauseLimit.toNanos());
    return Math.min(limit, firstNanos << Math.min(attempts, 20));
  }
}
