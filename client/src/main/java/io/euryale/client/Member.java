package io.euryale.client;

/// A member of a group: an application at one life of a peer.
///
/// @param peer name of the peer
/// @param incarnation of the peer
/// @param application name of the application at that peer
public record Member(String peer, long incarnation, String application) {

  @Override
  public String toString() {
    return application + "@" + peer + "#" + incarnation;
  }
}
