package io.euryale.peer;

import io.euryale.kernel.settings.Setting;
import io.euryale.platform.LinkSettings;
import io.euryale.service.stream.StreamSettings;
import java.util.List;

/// Everything to decide about a sensor or a client: a process at the edge of the overlay.
/// Immutable; the `with` methods make changed copies.
public record EdgeSettings(
    @Setting(about = "Name of the sensor or client; unique in the overlay.") String name,
    @Setting(
            about = "Name of the overlay; processes of another overlay are refused.",
            byDefault = "euryale")
        String overlayName,
    @Setting(
            about =
                "Peers to attach by, as HOST:PORT with their control port; several, so that one may"
                    + " be down. A sensor's data enters the overlay at the first one that answers.",
            byDefault = "[]")
        List<String> contacts,
    @Setting(
            about =
                "Directory with NAME.key, NAME.crt and ca.crt, see 'euryale keys'; with it links are"
                    + " encrypted and prove who speaks. Empty: no keys, on loopback only.",
            byDefault = "\"\"")
        String keyDirectory,
    @Setting(
            about =
                "Whether a client attaches to the first contact that answers, and when that fails to"
                    + " another or to a sibling of it, and not to the root cell. Its streams then come"
                    + " down the tree, once for all clients on the way. Sensors always do so.",
            byDefault = "false")
        boolean near,
    @Setting(about = "Limits and pauses of streams.") StreamSettings streams,
    @Setting(about = "Limits and pauses of links.") LinkSettings links) {

  public EdgeSettings {
    contacts = List.copyOf(contacts);
  }

  /// The defaults documented on each setting.
  ///
  /// @param contacts peers to attach by, as `host:port` with their control port
  public static EdgeSettings named(String name, List<String> contacts) {
    return new EdgeSettings(
        name,
        PeerSettings.DEFAULT_OVERLAY,
        contacts,
        "",
        false,
        StreamSettings.defaults(),
        LinkSettings.defaults());
  }

  public EdgeSettings withName(String newName) {
    return new EdgeSettings(newName, overlayName, contacts, keyDirectory, near, streams, links);
  }

  public EdgeSettings withOverlayName(String newName) {
    return new EdgeSettings(name, newName, contacts, keyDirectory, near, streams, links);
  }

  public EdgeSettings withContacts(List<String> newContacts) {
    return new EdgeSettings(name, overlayName, newContacts, keyDirectory, near, streams, links);
  }

  public EdgeSettings withStreams(StreamSettings newStreams) {
    return new EdgeSettings(name, overlayName, contacts, keyDirectory, near, newStreams, links);
  }

  /// Takes keys from a directory; "" for none.
  public EdgeSettings withKeyDirectory(String directory) {
    return new EdgeSettings(name, overlayName, contacts, directory, near, streams, links);
  }

  /// A client attaches near its contacts, not to the root cell.
  public EdgeSettings withNear(boolean isNear) {
    return new EdgeSettings(name, overlayName, contacts, keyDirectory, isNear, streams, links);
  }
}
