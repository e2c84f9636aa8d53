package io.euryale.peer;

import io.euryale.kernel.Endpoint;
import java.util.ArrayList;
import java.util.List;

/// Contact addresses as people write them: `host:port`, `[::1]:port`, or just a port of this
/// machine. The port is the one of the control class.
public final class Contacts {

  /// Most contacts that one process is given.
  public static final int MAX = 64;

  private static final String THIS_MACHINE = "127.0.0.1";

  private Contacts() {}

  /// The addresses in `contacts`.
  ///
  /// @throws RefusedException when one of them is no address, or there are more than [#MAX]
  public static List<Endpoint> parse(List<String> contacts) {
    if (contacts.size() > MAX) {
      throw new RefusedException(
          RefusedException.Reason.INVALID,
          contacts.size() + " contacts are too many: give at most " + MAX + ".");
    }
    List<Endpoint> parsed = new ArrayList<>();
    for (String contact : contacts) {
      parsed.add(parse(contact));
    }
    return List.copyOf(parsed);
  }

  /// The address in `contact`.
  ///
  /// @throws RefusedException when it is no address
  public static Endpoint parse(String contact) {
    int colon = contact.lastIndexOf(':');
    String host = colon < 0 ? THIS_MACHINE : contact.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    int port = port(contact.substring(colon + 1));
    if (port <= 0 || host.isEmpty() || host.length() > Endpoint.MAX_HOST_LENGTH) {
      throw new RefusedException(
          RefusedException.Reason.INVALID,
          "'"
              + contact
              + "' is not a contact address: write HOST:PORT, for example 127.0.0.1:7400.");
    }
    return Endpoint.contact(host, port);
  }

  /// The port written in `text`, 1 to 65535; -1 when it is none.
  private static int port(String text) {
    if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    int port = Integer.parseInt(text);
    return Endpoint.isPort(port) ? port : -1;
  }
}
