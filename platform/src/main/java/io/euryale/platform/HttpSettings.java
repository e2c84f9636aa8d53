package io.euryale.platform;

import io.euryale.kernel.settings.Setting;
import java.net.InetSocketAddress;
import java.time.Duration;

/// The HTTP endpoint of a process: what may be asked there, and how much of it at a time.
public record HttpSettings(
    @Setting(
            about =
                "Where health and metrics are served over HTTP, as HOST:PORT; port 0 takes any free"
                    + " one. Empty: nowhere. Whoever reaches it may read, so it is a loopback"
                    + " address unless the peer has keys.",
            byDefault = "\"\"")
        String listen,
    @Setting(
            about =
                "Connections served at a time; others wait. Few let slow readers hold up a probe,"
                    + " many let them hold threads and memory.",
            byDefault = "8",
            min = "1",
            max = "256")
        int connectionCount,
    @Setting(
            about = "Longest request, headers included; longer ones are refused with 431.",
            byDefault = "8KiB",
            min = "1KiB",
            max = "64KiB")
        int requestBytes,
    @Setting(
            about =
                "Time for a connection from being accepted to the last byte of the answer; then it is"
                    + " closed. Its request has to be here within 500 ms of it. Too short fails"
                    + " probes of a busy machine.",
            byDefault = "5s",
            min = "100ms",
            max = "1m")
        Duration requestTimeout) {

  public HttpSettings {
    if (!listen.isEmpty()) {
      InetSocketAddress _ = parse(listen);
    }
  }

  /// The defaults documented on each setting: no endpoint.
  public static HttpSettings defaults() {
    return new HttpSettings("", 8, 8 << 10, Duration.ofSeconds(5));
  }

  /// At another address.
  ///
  /// @throws IllegalArgumentException when it is not HOST:PORT with a literal address
  public HttpSettings withListen(String address) {
    return new HttpSettings(address, connectionCount, requestBytes, requestTimeout);
  }

  /// Whether there is no endpoint.
  public boolean isOff() {
    return listen.isEmpty();
  }

  /// Host as it was written, without brackets; only when there is an endpoint.
  public String host() {
    return host(listen);
  }

  /// Port, 0 for any free one; only when there is an endpoint.
  public int port() {
    return parse(listen).getPort();
  }

  private static String host(String address) {
    String host = address.substring(0, address.lastIndexOf(':'));
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  private static InetSocketAddress parse(String address) {
    try {
      int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
      return Loopback.address(host(address), port);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException(
          "'listen' needs HOST:PORT with an IP address, such as 127.0.0.1:7480 or [::1]:7480, not '"
              + address
              + "'.",
          e);
    }
  }
}
