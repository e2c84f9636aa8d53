package io.euryale.console;

import io.euryale.peer.operation.OperatorEndpoint;
import io.euryale.peer.operation.Probe;
import io.euryale.platform.HttpSettings;
import io.euryale.platform.Loops;
import io.euryale.platform.Pulse;
import io.euryale.platform.ServiceManager;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What operators and the machine's service manager see of a process that runs peers, for as long
/// as it does.
final class Operation implements AutoCloseable {

  private final @Nullable OperatorEndpoint endpoint;
  private final ServiceManager manager;

  private Operation(@Nullable OperatorEndpoint endpoint, ServiceManager manager) {
    this.endpoint = endpoint;
    this.manager = manager;
  }

  /// @param withKeys whether the peers have keys, so that others may look from elsewhere
  /// @param probes the peers at a moment
  static Operation of(
      HttpSettings http, boolean withKeys, Loops loops, Supplier<List<? extends Probe>> probes) {
    OperatorEndpoint endpoint =
        http.isOff() ? null : OperatorEndpoint.open(http, withKeys, loops, probes);
    ServiceManager.Status status = () -> OperatorEndpoint.ready(probes.get()).sentence();
    return new Operation(endpoint, ServiceManager.of(System.getenv(), new Pulse(loops), status));
  }

  /// A peer's ports are open, and it looks for the others. Whether it has found them is another
  /// question: one that waits for others must not be started again for that.
  void started() {
    manager.ready();
  }

  /// The process begins to end.
  void stopping() {
    manager.stopping();
  }

  /// Where health and metrics are served; null when they are not.
  @Nullable InetSocketAddress address() {
    return endpoint == null ? null : endpoint.address();
  }

  /// The line that tells it.
  static Map<String, Object> event(InetSocketAddress address) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("event", "http");
    line.put("host", address.getAddress().getHostAddress());
    line.put("port", address.getPort());
    return line;
  }

  /// Settings with the address of an option.
  static HttpSettings listening(HttpSettings settings, String listen) {
    try {
      return settings.withListen(listen);
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(
          "--http needs HOST:PORT with an IP address, such as 127.0.0.1:7480, not '"
              + listen
              + "'.");
    }
  }

  @Override
  public void close() {
    manager.close();
    if (endpoint != null) {
      endpoint.close();
    }
  }
}
