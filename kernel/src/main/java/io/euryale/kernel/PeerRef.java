package io.euryale.kernel;

/// A peer and where to reach it.
public record PeerRef(PeerId id, Endpoint endpoint) {

  public PeerName name() {
    return id.name();
  }

  @Override
  public String toString() {
    return id + "@" + endpoint;
  }
}
