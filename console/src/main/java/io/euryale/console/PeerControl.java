package io.euryale.console;

import io.euryale.peer.EuryalePeer;
import io.euryale.peer.RefusedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// Reads commands for the peers of this process from standard input. When input ends, so does the
/// process: a peer whose parent died must not live on unseen.
final class PeerControl {

  private final PeerCrew crew;
  private final Shutdown shutdown;
  private final CountDownLatch allowed = new CountDownLatch(1);

  PeerControl(PeerCrew crew, Shutdown shutdown) {
    this.crew = crew;
    this.shutdown = shutdown;
  }

  /// Starts to read; commands are obeyed after [#allow], the end of input at once.
  void read(InputStream in) {
    Thread reader = new Thread(() -> readAll(in), "euryale-commands");
    reader.setDaemon(true);
    reader.start();
  }

  /// All peers of the command line were started.
  void allow() {
    allowed.countDown();
  }

  private void readAll(InputStream in) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isBlank()) {
          continue;
        }
        if (line.strip().equals("quit")) {
          break;
        }
        allowed.await();
        obey(line.strip());
      }
    } catch (IOException _) {
      // As good as the end of input.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      shutdown.request();
    }
  }

  private void obey(String line) throws InterruptedException {
    String[] words = line.split("\\s+", 2);
    String name = words.length > 1 ? words[1] : "";
    try {
      switch (words[0]) {
        case "kill" -> {
          running(name).kill();
          answer("killed", name);
        }
        case "leave" -> {
          running(name).close();
          answer("left", name);
        }
        case "keys" -> {
          running(name).reloadKeys();
          answer("keys", name);
        }
        case "drain" -> {
          boolean empty = running(name).drain();
          answer(empty ? "drained" : "left", name);
        }
        // On a thread of its own: a peer that finds no place must not hold up what would help it.
        case "start" -> Thread.ofVirtual().name("euryale-start").start(() -> start(name));
        case "cut" -> {
          crew.cutOff(name.isEmpty() ? List.of() : List.of(name.split(",")));
          answer("cut", name);
        }
        case "memory" -> memory();
        case "status" -> crew.status().forEach(crew::print);
        default ->
            error(
                "'"
                    + words[0]
                    + "' is no command: use kill, leave, drain, start, cut, keys, memory, status or"
                    + " quit.");
      }
    } catch (CommandException | RefusedException e) {
      error(String.valueOf(e.getMessage()));
    }
  }

  /// @param what the peer's name and, perhaps, where it is to ask for its place, and the cell where
  /// that is to be
  private void start(String what) {
    String[] words = what.split("\\s+", 3);
    List<String> contacts = words.length > 1 ? List.of(words[1].split(",")) : List.of();
    try {
      boolean _ =
          crew.startAndAnnounce(words[0], null, contacts, words.length > 2 ? words[2] : null);
    } catch (CommandException | RefusedException e) {
      error(String.valueOf(e.getMessage()));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// What the heap holds when nothing is left to collect.
  private void memory() {
    System.gc();
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("event", "memory");
    line.put("bytes", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    crew.print(line);
  }

  private EuryalePeer running(String name) {
    EuryalePeer peer = crew.running(name);
    if (peer == null) {
      throw CommandException.usage("No peer '" + name + "' runs in this process.");
    }
    return peer;
  }

  private void answer(String event, String name) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("event", event);
    line.put("peer", name);
    crew.print(line);
  }

  private void error(String sentence) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("event", "error");
    line.put("text", sentence);
    crew.print(line);
  }
}
