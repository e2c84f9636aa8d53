package io.euryale.peer.operation;

import io.euryale.kernel.PeerName;
import io.euryale.overlay.MemberEvent;
import io.euryale.overlay.Neighbourhood;
import io.euryale.peer.PeerListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Logs how a peer fares in the overlay, and hands it on. Called on the control loop, so the
/// backend of SLF4J must not wait for whoever reads.
///
/// @param peer name of the peer, the key `peer` of each line
/// @param next told afterwards
public record PeerLog(PeerName peer, PeerListener next) implements PeerListener {

  private static final Logger LOG = LoggerFactory.getLogger(PeerLog.class);

  private void write(Level level, String event, String sentence) {
    LOG.atLevel(level)
        .addKeyValue("peer", peer.value())
        .addKeyValue("event", event)
        .log("{}", sentence);
  }

  @Override
  public void neighbourhood(@Nullable Neighbourhood now) {
    next.neighbourhood(now);
  }

  @Override
  public void event(MemberEvent event) {
    switch (event) {
      case MemberEvent.Joined joined ->
          write(Level.INFO, "joined", "Peer " + peer + " is a member of cell " + joined.cell());
      case MemberEvent.Refused refused -> write(Level.WARN, "refused", refused.text());
      case MemberEvent.Shunned shunned ->
          write(
              Level.WARN,
              "shunned",
              "Peer "
                  + peer
                  + " was expelled from cell "
                  + shunned.cell()
                  + " and joins again: "
                  + shunned.reason());
      case MemberEvent.Merged merged ->
          write(
              Level.INFO,
              "merged",
              "Two parts of the overlay met; peer "
                  + peer
                  + " has its place in cell "
                  + merged.cell()
                  + " of the one that stays after "
                  + merged.tookMillis()
                  + " ms");
      case MemberEvent.PromiseBroken broken ->
          write(
              Level.WARN,
              "promise-broken",
              "Peer "
                  + peer
                  + " is without cell, parent or coordinator for longer than a reorganisation may"
                  + " take ("
                  + broken.phase()
                  + ")");
      case MemberEvent.Reorganised reorganised ->
          write(
              Level.WARN,
              "reorganised",
              "Peer " + peer + " has its place again after " + reorganised.tookMillis() + " ms");
      case MemberEvent.DrainAsked asked ->
          write(
              Level.INFO,
              "drains",
              "Peer " + peer + " drains because " + asked.by().name() + " asked for it");
      case MemberEvent.Left left ->
          write(
              Level.INFO,
              "left",
              "Peer "
                  + peer
                  + (left.acknowledged()
                      ? " has left, and everybody concerned knows"
                      : " has left; somebody concerned did not confirm in time"));
    }
    next.event(event);
  }

  @Override
  public void ended(boolean empty) {
    write(
        empty ? Level.INFO : Level.WARN,
        "ended",
        "Peer "
            + peer
            + (empty
                ? " has handed on everything and ended"
                : " has ended; what it still held others have to send again"));
    next.ended(empty);
  }

  /// The home has logged it.
  @Override
  public void failed(Throwable mistake) {
    next.failed(mistake);
  }
}
