package io.euryale.kernel;

/// Where a peer listens: one host, one port for each traffic class.
///
/// @param host an IP literal or host name of at most 255 characters; in the simulation a node's
/// name
/// @param controlPort 0 to 65535; 0 while the port is not known yet
/// @param alarmPort like `controlPort`
/// @param criticalPort like `controlPort`
/// @param normalPort like `controlPort`
public record Endpoint(
    String host, int controlPort, int alarmPort, int criticalPort, int normalPort) {

  /// Longest host, in bytes of UTF-8.
  public static final int MAX_HOST_LENGTH = 255;

  public Endpoint {
    if (host.isEmpty() || host.length() > MAX_HOST_LENGTH) {
      throw new IllegalArgumentException("A host has 1 to 255 characters");
    }
    if (!isPort(controlPort)
        || !isPort(alarmPort)
        || !isPort(criticalPort)
        || !isPort(normalPort)) {
      throw new IllegalArgumentException("A port is 0 to 65535");
    }
  }

  public static boolean isPort(int port) {
    return port >= 0 && port <= 0xFFFF;
  }

  /// The port that carries `trafficClass`.
  public int port(TrafficClass trafficClass) {
    return switch (trafficClass) {
      case CONTROL -> controlPort;
      case ALARM -> alarmPort;
      case CRITICAL -> criticalPort;
      case NORMAL -> normalPort;
    };
  }

  /// A contact address: only the control port is known; the others are learnt from the peer's
  /// hello.
  public static Endpoint contact(String host, int controlPort) {
    return new Endpoint(host, controlPort, 0, 0, 0);
  }

  /// Host and control port as people write them, an IPv6 address in brackets.
  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : '[' + host + ']') + ":" + controlPort;
  }
}
