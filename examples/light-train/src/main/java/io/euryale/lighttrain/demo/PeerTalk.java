package io.euryale.lighttrain.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the demo and `euryale peer --control stdin --output json` say to each other, a line each.
public final class PeerTalk {

  private static final ObjectMapper JSON = new ObjectMapper();

  private PeerTalk() {}

  /// What a peer process says.
  ///
  /// @param event what happened
  /// @param peer to which peer; empty when to none
  /// @param text what went wrong; empty when nothing did
  /// @param cell the peer's cell; null when it is not a member of one
  /// @param contact its control address as `host:port`; null when not said
  /// @param bytes that its heap holds; 0 when not said
  public record Event(
      String event,
      String peer,
      String text,
      @Nullable String cell,
      @Nullable String contact,
      long bytes) {}

  /// The event in a line, or null when it is none that matters here.
  public static @Nullable Event parse(String line) {
    try {
      JsonNode node = JSON.readTree(line);
      if (node == null || !node.isObject()) {
        return null;
      }
      String host = node.path("host").asText("");
      return new Event(
          node.path("event").asText(""),
          node.path("peer").asText(""),
          node.path("text").asText(""),
          node.hasNonNull("cell") ? node.get("cell").asText() : null,
          host.isEmpty() ? null : host + ":" + node.path("control").asText(""),
          node.path("bytes").asLong(0));
    } catch (JsonProcessingException _) {
      return null;
    }
  }

  /// The command line of a process that waits to be told which peers to start.
  public static List<String> command(List<String> euryale) {
    List<String> command = new ArrayList<>(euryale);
    command.addAll(List.of("peer", "--control", "stdin", "--output", "json"));
    return command;
  }

  public static String start(String peer, List<String> contacts) {
    return contacts.isEmpty()
        ? "start " + peer
        : "start " + peer + " " + String.join(",", contacts);
  }

  /// The command that starts a peer in its cell.
  ///
  /// @param contacts at least one, or none for the first peer
  public static String start(String peer, List<String> contacts, String cell) {
    return start(peer, contacts) + (contacts.isEmpty() ? "" : " " + cell);
  }

  /// The command that parts the peers of a process from these.
  public static String cut(List<String> peers) {
    return "cut " + String.join(",", peers);
  }

  public static String kill(String peer) {
    return "kill " + peer;
  }

  /// Asks what the heap holds.
  public static String memory() {
    return "memory";
  }

  public static String quit() {
    return "quit";
  }
}
