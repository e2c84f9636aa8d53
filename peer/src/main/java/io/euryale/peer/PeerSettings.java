package io.euryale.peer;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.settings.Setting;
import io.euryale.overlay.OverlaySettings;
import io.euryale.platform.HttpSettings;
import io.euryale.platform.LinkSettings;
import io.euryale.service.stream.StreamSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Everything an operator decides about one peer. Immutable; the `with` methods make changed
/// copies.
public record PeerSettings(
    @Setting(
            about =
                "Name of the peer, which operators meet in every view; unique in the overlay. The"
                    + " replacement of a failed peer is chosen by likeness of names, so peers of one"
                    + " site should have similar ones.")
        String name,
    @Setting(
            about = "Name of the overlay; processes of another overlay are refused.",
            byDefault = "euryale")
        String overlayName,
    @Setting(
            about =
                "Address to listen at, an IP address of this machine that others can reach. Without"
                    + " keys only loopback addresses are allowed.",
            byDefault = "127.0.0.1")
        String host,
    @Setting(
            about =
                "Address that others are told to reach this peer at, when it is not the one it"
                    + " listens at: in containers, behind port forwarding, or with host 0.0.0.0 or"
                    + " '::'. The ports are the same. Empty: that of host.",
            byDefault = "\"\"")
        String advertise,
    @Setting(
            about =
                "TCP port of membership traffic; 0 takes any free one, which is no good for a peer"
                    + " that is a contact of others.",
            byDefault = "0",
            min = "0",
            max = "65535")
        int controlPort,
    @Setting(
            about = "TCP port of alarms; 0 takes any free one.",
            byDefault = "0",
            min = "0",
            max = "65535")
        int alarmPort,
    @Setting(
            about = "TCP port of critical traffic; 0 takes any free one.",
            byDefault = "0",
            min = "0",
            max = "65535")
        int criticalPort,
    @Setting(
            about = "TCP port of normal traffic; 0 takes any free one.",
            byDefault = "0",
            min = "0",
            max = "65535")
        int normalPort,
    @Setting(
            about =
                "Peers to join by, as HOST:PORT with their control port; several, so that one may be"
                    + " down. A peer without contacts founds the overlay.",
            byDefault = "[]")
        List<String> contacts,
    @Setting(
            about =
                "Cell that the peer belongs to, such as 0.2.5: it is placed there while there is"
                    + " room. Empty lets the root coordinator choose; so does a cell that is full.",
            byDefault = "\"\"")
        String cell,
    @Setting(
            about =
                "Directory with NAME.key, NAME.crt and ca.crt, see 'euryale keys'; with it links are"
                    + " encrypted and prove who speaks. Empty: no keys, on loopback only.",
            byDefault = "\"\"")
        String keyDirectory,
    @Setting(
            about =
                "Who may do what, as STREAMS NAMES RIGHTS; STREAMS and NAMES may end in '*', rights"
                    + " are publish, subscribe, join and administer, for the last two STREAMS stands"
                    + " for the overlay's name. What no line grants is refused. Without keys names"
                    + " prove nothing.",
            byDefault = "['* * publish,subscribe,join,administer']")
        List<String> rights,
    @Setting(
            about =
                "How long a peer that is drained may take to hand on the packets it holds before it"
                    + " ends anyway.",
            byDefault = "10s",
            min = "0ms",
            max = "10m")
        Duration drainTimeout,
    @Setting(about = "The tree of cells and how it is watched.") OverlaySettings overlay,
    @Setting(about = "Limits and pauses of streams.") StreamSettings streams,
    @Setting(about = "Limits and pauses of links.") LinkSettings links,
    @Setting(about = "Health and metrics for operators.") HttpSettings http) {

  /// The overlay that processes join when nobody says another.
  public static final String DEFAULT_OVERLAY = "euryale";

  private static final List<String> OPEN = List.of("* * publish,subscribe,join,administer");

  public PeerSettings {
    contacts = List.copyOf(contacts);
    rights = List.copyOf(rights);
  }

  /// The defaults documented on each setting.
  public static PeerSettings named(String name) {
    return new PeerSettings(
        name,
        DEFAULT_OVERLAY,
        "127.0.0.1",
        "",
        0,
        0,
        0,
        0,
        List.of(),
        "",
        "",
        OPEN,
        Duration.ofSeconds(10),
        OverlaySettings.defaults(),
        StreamSettings.defaults(),
        LinkSettings.defaults(),
        HttpSettings.defaults());
  }

  /// The address that others are told.
  public String reachableHost() {
    return advertise.isEmpty() ? host : advertise;
  }

  /// The port asked for; 0 for any.
  public int port(TrafficClass trafficClass) {
    return new Endpoint(host, controlPort, alarmPort, criticalPort, normalPort).port(trafficClass);
  }

  /// The keys that differ in `running` and cannot change in a running peer.
  List<String> differencesThatNeedRestart(PeerSettings running) {
    List<String> keys = new ArrayList<>();
    note(keys, "name", name, running.name);
    note(keys, "overlayName", overlayName, running.overlayName);
    note(keys, "host", host, running.host);
    note(keys, "advertise", advertise, running.advertise);
    note(keys, "keyDirectory", keyDirectory, running.keyDirectory);
    note(keys, "rights", rights, running.rights);
    note(keys, "controlPort", controlPort, running.controlPort);
    note(keys, "alarmPort", alarmPort, running.alarmPort);
    note(keys, "criticalPort", criticalPort, running.criticalPort);
    note(keys, "normalPort", normalPort, running.normalPort);
    note(keys, "cell", cell, running.cell);
    note(keys, "drainTimeout", drainTimeout, running.drainTimeout);
    note(keys, "overlay.kind", overlay.kind(), running.overlay.kind());
    note(keys, "streams", streams, running.streams);
    note(keys, "links", links, running.links);
    note(keys, "http", http, running.http);
    return keys;
  }

  private static void note(List<String> keys, String key, Object one, Object other) {
    if (!one.equals(other)) {
      keys.add(key);
    }
  }

  public PeerSettings withName(String newName) {
    return new PeerSettings(
        newName,
        overlayName,
        host,
        advertise,
        controlPort,
        alarmPort,
        criticalPort,
        normalPort,
        contacts,
        cell,
        keyDirectory,
        rights,
        drainTimeout,
        overlay,
        streams,
        links,
        http);
  }

  public PeerSettings withOverlayName(String newName) {
    return new PeerSettings(
        name,
        newName,
        host,
        advertise,
        controlPort,
        alarmPort,
        criticalPort,
        normalPort,
        contacts,
        cell,
        keyDirectory,
        rights,
        drainTimeout,
        overlay,
        streams,
        links,
        http);
  }

  /// Listens at another address; 0 stands for any free port.
  public PeerSettings withAddress(
      String newHost, int newControl, int newAlarm, int newCritical, int newNormal) {
    return new PeerSettings(
        name,
        overlayName,
        newHost,
        advertise,
        newControl,
        newAlarm,
        newCritical,
        newNormal,
        contacts,
        cell,
        keyDirectory,
        rights,
        drainTimeout,
        overlay,
        streams,
        links,
        http);
  }

  public PeerSettings withContacts(List<String> newContacts) {
    return new PeerSettings(
        name,
        overlayName,
        host,
        advertise,
        controlPort,
        alarmPort,
        criticalPort,
        normalPort,
        newContacts,
        cell,
        keyDirectory,
        rights,
        drainTimeout,
        overlay,
        streams,
        links,
        http);
  }

  /// Belongs to another cell; "" to none.
  public PeerSettings withCell(String newCell) {
    return new PeerSettings(
        name,
        overlayName,
        host,
        advertise,
        controlPort,
        alarmPort,
        criticalPort,
        normalPort,
        contacts,
        newCell,
        keyDirectory,
        rights,
        drainTimeout,
        overlay,
        streams,
        links,
        http);
  }

  public PeerSettings withOverlay(OverlaySettings newOverlay) {
    return new PeerSettings(
        name,
        overlayName,
        host,
        advertise,
        controlPort,
        alarmPort,
        criticalPort,
        normalPort,
        contacts,
        cell,
        keyDirectory,
        rights,
        drainTimeout,
        newOverlay,
        streams,
        links,
        http);
  }

  public PeerSettings withStreams(StreamSettings newStreams) {
    return new PeerSettings(
        name,
        overlayName,
        host,
        advertise,
        controlPort,
        alarmPort,
        criticalPort,
        normalPort,
        contacts,
        cell,
        keyDirectory,
        rights,
        drainTimeout,
        overlay,
        newStreams,
        links,
        http);
  }

  public PeerSettings withHttp(HttpSettings newHttp) {
    return new PeerSettings(
        name,
        overlayName,
        host,
        advertise,
        controlPort,
        alarmPort,
        criticalPort,
        normalPort,
        contacts,
        cell,
        keyDirectory,
        rights,
        drainTimeout,
        overlay,
        streams,
        links,
        newHttp);
  }

  /// Takes keys from a directory; "" for none.
  public PeerSettings withKeyDirectory(String directory) {
    return new PeerSettings(
        name,
        overlayName,
        host,
        advertise,
        controlPort,
        alarmPort,
        criticalPort,
        normalPort,
        contacts,
        cell,
        directory,
        rights,
        drainTimeout,
        overlay,
        streams,
        links,
        http);
  }

  /// Tells others another address than the one listened at; "" for the same.
  public PeerSettings withAdvertise(String address) {
    return new PeerSettings(
        name,
        overlayName,
        host,
        address,
        controlPort,
        alarmPort,
        criticalPort,
        normalPort,
        contacts,
        cell,
        keyDirectory,
        rights,
        drainTimeout,
        overlay,
        streams,
        links,
        http);
  }

  /// With another table of rights.
  public PeerSettings withRights(List<String> table) {
    return new PeerSettings(
        name,
        overlayName,
        host,
        advertise,
        controlPort,
        alarmPort,
        criticalPort,
        normalPort,
        contacts,
        cell,
        keyDirectory,
        table,
        drainTimeout,
        overlay,
        streams,
        links,
        http);
  }

  /// With other limits of links.
  public PeerSettings withLinks(LinkSettings newLinks) {
    return new PeerSettings(
        name,
        overlayName,
        host,
        advertise,
        controlPort,
        alarmPort,
        criticalPort,
        normalPort,
        contacts,
        cell,
        keyDirectory,
        rights,
        drainTimeout,
        overlay,
        streams,
        newLinks,
        http);
  }
}
