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
import java.util.function.Consumer;

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
        OPEN,
        MembershipSettings.standard(),
        OrderSettings.standard(),
        io.euryale.link.LinkSettings.defaults(),
        GroupSettings.DEFAULT,
        SessionSettings.defaults(),
        LinkSettings.defaults(),
        HttpSettings.defaults());
  }

  /// The port asked for; 0 for any.
  public int port(TrafficClass trafficClass) {
    return new Endpoint(host, controlPort, alarmPort, criticalPort, normalPort).port(trafficClass);
  }

  public GroupPeerSettings withName(String newName) {
    return changed(draft -> draft.name = newName);
  }

  public GroupPeerSettings withOverlayName(String newName) {
    return changed(draft -> draft.overlayName = newName);
  }

  public GroupPeerSettings withHost(String address) {
    return changed(draft -> draft.host = address);
  }

  public GroupPeerSettings withControlPort(int port) {
    return changed(draft -> draft.controlPort = port);
  }

  public GroupPeerSettings withMembers(List<String> declared) {
    return changed(draft -> draft.members = declared);
  }

  public GroupPeerSettings withDataDirectory(String path) {
    return changed(draft -> draft.dataDirectory = path);
  }

  public GroupPeerSettings withKeyFile(String file) {
    return changed(draft -> draft.keyFile = file);
  }

  public GroupPeerSettings withRights(List<String> table) {
    return changed(draft -> draft.rights = table);
  }

  public GroupPeerSettings withMembership(MembershipSettings changed) {
    return changed(draft -> draft.membership = changed);
  }

  public GroupPeerSettings withGroups(GroupSettings limits) {
    return changed(draft -> draft.groups = limits);
  }

  public GroupPeerSettings withSessions(SessionSettings changed) {
    return changed(draft -> draft.sessions = changed);
  }

  public GroupPeerSettings withHttp(HttpSettings changed) {
    return changed(draft -> draft.http = changed);
  }

  private GroupPeerSettings changed(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.settings();
  }

  /// A copy that can be changed where there is a method for it.
  private static final class Draft {
    final GroupPeerSettings of;
    String name;
    String overlayName;
    String host;
    int controlPort;
    List<String> members;
    String keyFile;
    String dataDirectory;
    List<String> rights;
    MembershipSettings membership;
    GroupSettings groups;
    SessionSettings sessions;
    HttpSettings http;

    Draft(GroupPeerSettings of) {
      this.of = of;
      name = of.name;
      overlayName = of.overlayName;
      host = of.host;
      controlPort = of.controlPort;
      members = of.members;
      keyFile = of.keyFile;
      dataDirectory = of.dataDirectory;
      rights = of.rights;
      membership = of.membership;
      groups = of.groups;
      sessions = of.sessions;
      http = of.http;
    }

    GroupPeerSettings settings() {
      return new GroupPeerSettings(
          name,
          overlayName,
          host,
          controlPort,
          of.alarmPort,
          of.criticalPort,
          of.normalPort,
          members,
          of.minimumPrimary,
          keyFile,
          dataDirectory,
          rights,
          membership,
          of.order,
          of.handshakes,
          groups,
          sessions,
          of.links,
          http);
    }
  }
}
