package io.euryale.lighttrain.demo;

import io.euryale.kernel.TrafficClass;

/// What sensors send: the three kinds of packets of [0 §IV], and the calls of trains at stations.
enum PacketKind {
  /// A train arrives or departs, as a track sensor sees it; its size is that of its text.
  CALL("calls", TrafficClass.ALARM, 0, 0),
  /// The paper's medium packets.
  EVENT("events", TrafficClass.CRITICAL, 1024, 25),
  /// The paper's small packets.
  AUDIO("audio", TrafficClass.NORMAL, 418, 38),
  /// The paper's large packets.
  VIDEO("video", TrafficClass.NORMAL, 4180, 24);

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final String label;
  private final TrafficClass trafficClass;
  private final int bytes;
  private final int perSecond;

  PacketKind(String label, TrafficClass trafficClass, int bytes, int perSecond) {
    this.label = label;
    this.trafficClass = trafficClass;
    this.bytes = bytes;
    this.perSecond = perSecond;
  }

  String label() {
    return label;
  }

  TrafficClass trafficClass() {
    return trafficClass;
  }

  /// The size of a payload; 0 when it varies.
  int bytes() {
    return bytes;
  }

  /// How long one frame of this kind lasts; the next packet of the sensor follows after it.
  long frameNanos() {
    return NANOS_PER_SECOND / perSecond;
  }
}
