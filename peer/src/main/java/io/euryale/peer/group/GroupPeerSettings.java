package io.euryale.peer.group;

import io.euryale.group.membership.MembershipSettings;
import io.euryale.group.named.GroupSettings;
import io.euryale.group.order.OrderSettings;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.settings.Setting;
import io.euryale.platform.HttpSettings;
import io.euryale.platform.LinkSettings;
import java.util.List;

/// Everything an operator decides about one member of a group overlay. Immutable; the `with`
/// methods make changed copies.
public record GroupPeerSettings(
    @Setting(about = "Name of the peer; unique in the overlay, and its vote for the primary.")
        String name,
    @Setting(
            about = "Name of the overlay; processes of another overlay are refused.",
            byDefault = "euryale")
        String overlayName,
    @Setting(
            about =
                "Address to listen at, for TCP and UDP. Without keys only loopback addresses are"
                    + " allowed.",
            byDefault = "127.0.0.1")
        String host,
    @Setting(
            about =
                "Port of the control class; 0 takes any free one, which is no good for a peer that"
                    + " others look for.",
            byDefault = "0",
            min = "0",
            max = "65535")
        int controlPort,
    @Setting(
            about = "Port of alarms; 0 takes any free one.",
            byDefault = "0",
            min = "0",
            max = "65535")
        int alarmPort,
    @Setting(
            about = "Port of critical traffic; 0 takes any free one.",
            byDefault = "0",
            min = "0",
            max = "65535")
        int criticalPort,
    @Setting(
            about = "Port of normal traffic; 0 takes any free one.",
            byDefault = "0",
            min = "0",
            max = "65535")
        int normalPort,
    @Setting(
            about =
                "The declared members, as NAME=HOST:CONTROLPORT, with *WEIGHT behind it where the"
                    + " vote does not count as 1; the same list at every peer. They look for each"
                    + " other, and the first primary component needs a majority of them.",
            byDefault = "[]")
        List<String> members,
    @Setting(
            about =
                "Least weight of a primary component. 1 lets voting shrink to a single member; more"
                    + " than half of all weights keeps it where most of the declared members are.",
            byDefault = "1",
            min = "1",
            max = "256000000")
        long minimumPrimary,
    @Setting(
            about =
                "File with this peer's private key and the public keys of all members; empty: no"
                    + " keys, on loopback only.",
            byDefault = "\"\"")
        String keyFile,
    @Setting(
            about =
                "Directory for the few numbers that must outlive a crash; one for each peer. Empty:"
                    + " euryale-group-NAME in the directory for temporary files, which must not be"
                    + " emptied while the overlay lives.",
            byDefault = "\"\"")
        String dataDirectory,
    @Setting(
            about =
                "Who may do what in which groups, as GROUPS PEERS APPLICATIONS RIGHTS; a name may"
                    + " end in '*', rights are join, send and receive. The same table at every peer;"
                    + " what no line grants is refused.",
            byDefault = "['* * * join,send,receive']")
        List<String> rights,
    @Setting(about = "How soon members are missed, and how agreement is reached.")
        MembershipSettings membership,
    @Setting(about = "Limits and pauses of ordered delivery.") OrderSettings order,
    @Setting(about = "Handshakes and keys of links.") io.euryale.link.LinkSettings handshakes,
    @Setting(about = "Limits of named groups.") GroupSettings groups,
    @Setting(about = "Sessions of applications in other processes.") SessionSettings sessions,
    @Setting(about = "Limits and pauses of connections and sockets.") LinkSettings links,
    @Setting(about = "Health and metrics for operators.") HttpSettings http) {

  private static final List<String> OPEN = List.of("* * * join,send,receive");

  public GroupPeerSettings {
    members = List.copyOf(members);
    rights = List.copyOf(rights);
  }

  /// Everything is allowed to everybody, and there are no sessions.
  public GroupPeerSettings(
      String name,
      String overlayName,
      String host,
      int controlPort,
      int alarmPort,
      int criticalPort,
      int normalPort,
      List<String> members,
      long minimumPrimary,
      String keyFile,
      String dataDirectory,
      MembershipSettings membership,
      OrderSettings order,
      io.euryale.link.LinkSettings handshakes,
      GroupSettings groups,
      LinkSettings links) {
    this(
        name,
        overlayName,
        host,
        controlPort,
        alarmPort,
        criticalPort,
        normalPort,
        members,
        minimumPrimary,
        keyFile,
        dataDirectory,
        OPEN,
        membership,
        order,
        handshakes,
        groups,
        SessionSettings.defaults(),
        links,
        HttpSettings.defaults());
  }

  /// The defaults documented on each setting.
  public static GroupPeerSettings named(String name) {
    return new GroupPeerSettings(
        name,
        "euryale",
        "127.0.0.1",
        0,
        0,
        0,
        0,
        List.of(),
        1,
        "",
        "",
        MembershipSettings.standard(),
        OrderSettings.standard(),
        io.euryale.link.LinkSettings.defaults(),
        GroupSettings.DEFAULT,
        LinkSettings.defaults());
  }

  /// The port asked for; 0 for any.
  public int port(TrafficClass trafficClass) {
    return new Endpoint(host, controlPort, alarmPort, criticalPort, normalPort).port(trafficClass);
  }

  public GroupPeerSettings withHost(String address) {
    return new GroupPeerSettings(
        name,
        overlayName,
        address,
        controlPort,
        alarmPort,
        criticalPort,
        normalPort,
        members,
        minimumPrimary,
        keyFile,
        dataDirectory,
        rights,
        membership,
        order,
        handshakes,
        groups,
        sessions,
        links,
        http);
  }

  public GroupPeerSettings withControlPort(int port) {
    return new GroupPeerSettings(
        name,
        overlayName,
        host,
        port,
        alarmPort,
        criticalPort,
        normalPort,
        members,
        minimumPrimary,
        keyFile,
        dataDirectory,
        rights,
        membership,
        order,
        handshakes,
        groups,
        sessions,
        links,
        http);
  }

  public GroupPeerSettings withMembers(List<String> declared) {
    return new GroupPeerSettings(
        name,
        overlayName,
        host,
        controlPort,
        alarmPort,
        criticalPort,
        normalPort,
        declared,
        minimumPrimary,
        keyFile,
        dataDirectory,
        rights,
        membership,
        order,
        handshakes,
        groups,
        sessions,
        links,
        http);
  }

  public GroupPeerSettings withDataDirectory(String directory) {
    return new GroupPeerSettings(
        name,
        overlayName,
        host,
        controlPort,
        alarmPort,
        criticalPort,
        normalPort,
        members,
        minimumPrimary,
        keyFile,
        directory,
        rights,
        membership,
        order,
        handshakes,
        groups,
        sessions,
        links,
        http);
  }

  public GroupPeerSettings withKeyFile(String file) {
    return new GroupPeerSettings(
        name,
        overlayName,
        host,
        controlPort,
        alarmPort,
        criticalPort,
        normalPort,
        members,
        minimumPrimary,
        file,
        dataDirectory,
        rights,
        membership,
        order,
        handshakes,
        groups,
        sessions,
        links,
        http);
  }

  public GroupPeerSettings withRights(List<String> table) {
    return new GroupPeerSettings(
        name,
        overlayName,
        host,
        controlPort,
        alarmPort,
        criticalPort,
        normalPort,
        members,
        minimumPrimary,
        keyFile,
        dataDirectory,
        table,
        membership,
        order,
        handshakes,
        groups,
        sessions,
        links,
        http);
  }

  public GroupPeerSettings withGroups(GroupSettings limits) {
    return new GroupPeerSettings(
        name,
        overlayName,
        host,
        controlPort,
        alarmPort,
        criticalPort,
        normalPort,
        members,
        minimumPrimary,
        keyFile,
        dataDirectory,
        rights,
        membership,
        order,
        handshakes,
        limits,
        sessions,
        links,
        http);
  }

  public GroupPeerSettings withSessions(SessionSettings changed) {
    return new GroupPeerSettings(
        name,
        overlayName,
        host,
        controlPort,
        alarmPort,
        criticalPort,
        normalPort,
        members,
        minimumPrimary,
        keyFile,
        dataDirectory,
        rights,
        membership,
        order,
        handshakes,
        groups,
        changed,
        links,
        http);
  }

  public GroupPeerSettings withMembership(MembershipSettings changed) {
    return new GroupPeerSettings(
        name,
        overlayName,
        host,
        controlPort,
        alarmPort,
        criticalPort,
        normalPort,
        members,
        minimumPrimary,
        keyFile,
        dataDirectory,
        rights,
        changed,
        order,
        handshakes,
        groups,
        sessions,
        links,
        http);
  }

  public GroupPeerSettings withHttp(HttpSettings changed) {
    return new GroupPeerSettings(
        name,
        overlayName,
        host,
        controlPort,
        alarmPort,
        criticalPort,
        normalPort,
        members,
        minimumPrimary,
        keyFile,
        dataDirectory,
        rights,
        membership,
        order,
        handshakes,
        groups,
        sessions,
        links,
        changed);
  }
}
