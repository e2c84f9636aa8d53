package io.euryale.overlay;

import java.util.List;

/// What a peer tells of its [EventLog].
///
/// @param events the oldest first; at most 256
/// @param forbidden whether the rights do not allow to ask; there are no events then
public record LoggedEvents(List<LoggedEvent> events, boolean forbidden) {

  /// Nothing happened since, or there was no answer.
  public static final LoggedEvents NOTHING = new LoggedEvents(List.of(), false);

  /// For somebody who may not administer the overlay.
  public static final LoggedEvents FORBIDDEN = new LoggedEvents(List.of(), true);

  public LoggedEvents {
    events = List.copyOf(events);
  }
}
