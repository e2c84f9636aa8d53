package io.euryale.peer.operation;

import io.euryale.group.Configuration;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.peer.group.GroupPeerListener;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/// Logs what happens to a group member, and hands it on. Called on the control loop, so the backend
/// of SLF4J must not wait for whoever reads.
public final class GroupPeerLog implements GroupPeerListener {

  private static final Logger LOG = LoggerFactory.getLogger(GroupPeerLog.class);

  private final String peer;
  private final GroupPeerListener next;
  private String saidLast = "";

  /// @param peer name of the member, the key `peer` of each line
  /// @param next told afterwards
  public GroupPeerLog(String peer, GroupPeerListener next) {
    this.peer = peer;
    this.next = next;
  }

  private LoggingEventBuilder line(Level level, String event) {
    return LOG.atLevel(level).addKeyValue("peer", peer).addKeyValue("event", event);
  }

  @Override
  public void installed(Configuration configuration, Duration took) {
    line(Level.INFO, "configuration")
        .addKeyValue("configuration", configuration.id())
        .addKeyValue("kind", configuration.isRegular() ? "regular" : "transitional")
        .log(
            "Configuration {} of {}",
            configuration.id(),
            configuration.members().stream()
                .map(PeerId::name)
                .map(PeerName::value)
                .collect(Collectors.joining(", ")));
    next.installed(configuration, took);
  }

  @Override
  public void primary(long index, List<PeerName> members) {
    line(Level.INFO, "primary")
        .addKeyValue("index", index)
        .log("In primary component {} of {}", index, members);
    next.primary(index, members);
  }

  @Override
  public void primaryLost() {
    line(Level.WARN, "primary-lost").log("There is no primary component here for now");
    next.primaryLost();
  }

  @Override
  public void verdict(String sentence) {
    if (!sentence.equals(saidLast)) { // Every exchange says it again.
      saidLast = sentence;
      line(Level.INFO, "verdict").log("{}", sentence);
    }
    next.verdict(sentence);
  }

  /// The home has logged it.
  @Override
  public void failed(Throwable cause) {
    next.failed(cause);
  }
}
