package io.euryale.group.order;

import io.euryale.group.Configuration;
import io.euryale.kernel.DatagramHome;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.link.Sessions;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The sealed datagrams of one traffic class to the members of the present configuration, and to
/// any other peer with a session.
public final class Fanout implements Outlet {

  /// What every member may have under way to one of us together, as a share of our buffer: small
  /// datagrams cost the machine more than their bytes.
  private static final int BUFFER_SHARE = 2;

  private final DatagramHome home;
  private final PeerId self;
  private final Sessions sessions;
  private final Map<PeerName, Integer> addresses = new TreeMap<>();
  private PeerId[] members = new PeerId[0];
  private int bodyBytes = 1_170;
  private long nowNanos;
  private long unsent;

  public Fanout(DatagramHome home, PeerId self, Sessions sessions) {
    this.home = home;
    this.self = self;
    this.sessions = sessions;
  }

  /// The time that datagrams sent from now on are sealed at.
  public void now(long now) {
    nowNanos = now;
  }

  /// Datagrams that no session sealed or the machine did not take.
  public long unsent() {
    return unsent;
  }

  /// There is a session with a life of a peer.
  public void reachable(PeerRef peer) {
    letGo(addresses.put(peer.id().name(), home.address(peer.endpoint())));
  }

  /// Nothing is sent to a peer any more.
  public void forget(PeerName peer) {
    letGo(addresses.remove(peer));
  }

  private void letGo(@Nullable Integer address) {
    if (address != null && !holds(address)) {
      home.forget(address);
    }
  }

  /// Whether this handle of an address is in use here.
  public boolean holds(int address) {
    return addresses.containsValue(address);
  }

  /// Ranks are those of this configuration from now on.
  public void open(Configuration configuration) {
    members = configuration.members().toArray(PeerId[]::new);
    int least = 65_000;
    for (PeerId member : members) {
      Integer address = addresses.get(member.name());
      if (address != null) {
        least = Math.min(least, home.datagramBytes(address));
      }
    }
    bodyBytes = least - sessions.overhead();
  }

  @Override
  public void toOthers(ByteBuffer body) {
    for (PeerId member : members) {
      if (!member.equals(self)) {
        to(member, body);
      }
    }
  }

  @Override
  public void to(int rank, ByteBuffer body) {
    to(members[rank], body);
  }

  /// Sends a body to any peer with a session.
  public void to(PeerId peer, ByteBuffer body) {
    Integer address = addresses.get(peer.name());
    ByteBuffer datagram = address == null ? null : sessions.seal(nowNanos, peer, body);
    if (address == null || datagram == null || !home.sendTo(address, datagram)) {
      unsent++;
    }
  }

  @Override
  public int bodyBytes() {
    return bodyBytes;
  }

  /// Largest body for one peer.
  public int bodyBytes(PeerId peer) {
    Integer address = addresses.get(peer.name());
    return address == null ? bodyBytes : home.datagramBytes(address) - sessions.overhead();
  }

  @Override
  public int windowBytes() {
    return home.receiveBufferBytes() / BUFFER_SHARE / Math.max(1, members.length - 1);
  }
}
