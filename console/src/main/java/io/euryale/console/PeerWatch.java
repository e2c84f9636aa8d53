package io.euryale.console;

import io.euryale.peer.RefusedException;
import java.io.PrintWriter;
import java.time.Duration;

/// Says on stderr when a sensor or client has had no peer for some seconds, and when it has one
/// again. It goes on by itself, so nothing else is done about it.
final class PeerWatch implements AutoCloseable {

  /// Longer than a sensor takes to change to another peer.
  private static final Duration LONG = Duration.ofSeconds(5);

  private static final Duration LOOK = Duration.ofMillis(500);

  /// How long no peer has answered.
  @FunctionalInterface
  interface Silence {
    Duration length() throws InterruptedException;
  }

  private final Silence silence;
  private final PrintWriter err;
  private final String meanwhile;
  private final Thread thread;

  /// @param meanwhile what becomes of packets without a peer, as the end of a sentence
  PeerWatch(Silence silence, PrintWriter err, String meanwhile) {
    this.silence = silence;
    this.err = err;
    this.meanwhile = meanwhile;
    thread = Thread.ofVirtual().name("euryale-peer-watch").start(this::watch);
  }

  private void watch() {
    Duration longest = Duration.ZERO;
    boolean seen = false;
    try {
      while (true) {
        Thread.sleep(LOOK);
        Duration now = silence.length();
        // Seen twice: a machine that stood still itself has not listened to the peers.
        boolean isLong = now.compareTo(LONG) >= 0;
        if (isLong && seen && longest.isZero()) {
          say("No peer of the overlay has answered for %d s: %s.", now, meanwhile);
        } else if (!isLong && !longest.isZero()) {
          say("A peer answers again after %d s%s.", longest, "");
        }
        longest = isLong && seen ? now : Duration.ZERO;
        seen = isLong;
      }
    } catch (InterruptedException | RefusedException | IllegalStateException _) {
      // The command ends, and says how.
    }
  }

  private void say(String text, Duration silent, String rest) {
    err.println("euryale: " + text.formatted(silent.toSeconds(), rest));
    err.flush();
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
