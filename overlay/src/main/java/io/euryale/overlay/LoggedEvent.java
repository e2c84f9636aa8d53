package io.euryale.overlay;

/// Something that happened to a peer's place in the overlay.
///
/// @param sequence grows with every event of one life of the peer, from 1
/// @param ageMillis how long ago it happened
/// @param event its name, as in traces
/// @param text its fields
public record LoggedEvent(long sequence, long ageMillis, String event, String text) {}
