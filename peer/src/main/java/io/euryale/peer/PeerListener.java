package io.euryale.peer;

import io.euryale.overlay.MemberEvent;
import io.euryale.overlay.Neighbourhood;
import org.jspecify.annotations.Nullable;

/// Hears how a peer fares in the overlay. Called on the control loop, so methods return at once.
public interface PeerListener {

  /// Hears nothing.
  PeerListener SILENT = new PeerListener() {};

  /// The peer's place changed.
  ///
  /// @param now its cell, siblings and parent; null while it is in no cell
  default void neighbourhood(@Nullable Neighbourhood now) {}

  /// The peer joined, was refused, was expelled (and rejoins by itself), merged with another part,
  /// was without its place for too long, was asked to drain, or has left.
  default void event(MemberEvent event) {}

  /// The peer has closed in order: it was closed, or drained because somebody asked for it. Called
  /// on the thread that did it.
  ///
  /// @param empty whether it had handed on everything it held
  default void ended(boolean empty) {}

  /// The peer stopped because of a mistake in it; other peers of the process go on.
  default void failed(Throwable mistake) {}
}
