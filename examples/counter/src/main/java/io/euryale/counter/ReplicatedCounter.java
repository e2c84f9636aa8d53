package io.euryale.counter;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.euryale.client.GroupClient;
import io.euryale.client.GroupClientException;
import io.euryale.client.GroupListener;
import io.euryale.client.GroupSession;
import io.euryale.client.Member;
import io.euryale.client.Message;
import io.euryale.client.Service;
import io.euryale.client.TrafficClass;
import io.euryale.client.View;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;

/// A number that all members of a group share.
///
/// It is kept as one line for each writer, `writer number total`: how often that writer added and
/// how much in all. Of two lines of a writer the one with the greater number is right, so a line
/// that comes twice does no harm, and sides of a partition that meet take over each other's lines.
/// A message is a line, the state is all lines.
public final class ReplicatedCounter implements GroupListener, AutoCloseable {

  private record Line(long number, long total) {}

  private final String writer = UUID.randomUUID().toString();
  private final GroupClient client;
  private final GroupSession group;
  private final ByteArrayOutputStream arriving = new ByteArrayOutputStream();
  private final Map<String, Line> lines = new TreeMap<>();
  private Line own = new Line(0, 0);

  /// Connects to the peer of this machine, joins and takes the state over.
  public ReplicatedCounter(Path socket, String application)
      throws InterruptedException, ExecutionException {
    client = GroupClient.connect(socket, application);
    group = client.join(TrafficClass.NORMAL, "counter", true, true, this);
    View _ = group.joined().get();
  }

  /// Adds; when this returns every member of the configuration holds it.
  ///
  /// @throws IllegalStateException outside the primary component: nothing was added
  public synchronized void add(long amount) throws InterruptedException, ExecutionException {
    if (!client.primary().isPrimary()) {
      throw new IllegalStateException("not added: " + client.primary().verdict());
    }
    own = new Line(own.number() + 1, own.total() + amount);
    String line = line(writer, own);
    while (true) {
      try {
        group.send(Service.SAFE, line.getBytes(UTF_8)).get();
        take(line); // Everybody holds it; the listener here may be about to be told.
        return;
      } catch (GroupClientException e) {
        if (!mayRepeat(e)) {
          throw e;
        }
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof GroupClientException refusal && mayRepeat(refusal))) {
          throw e;
        }
      }
      Thread.sleep(50); // The client connects and joins again meanwhile.
    }
  }

  /// The same line once more does no harm, whatever became of the first.
  private static boolean mayRepeat(GroupClientException refusal) {
    return switch (refusal.reason()) {
      case DISCONNECTED, UNKNOWN_OUTCOME -> true;
      default -> false;
    };
  }

  /// The number as this member knows it.
  public long value() {
    synchronized (lines) {
      return lines.values().stream().mapToLong(Line::total).sum();
    }
  }

  @Override
  public void message(Message message) {
    take(UTF_8.decode(message.payload()).toString());
  }

  @Override
  public void view(View view) {
    if (view.isRegular() && view.parts().stream().distinct().count() > 1) {
      // Sides that were apart meet. A listener must not wait for itself, so another thread sends.
      byte[] all = everything();
      Thread.startVirtualThread(() -> tell(all));
    }
  }

  private void tell(byte[] all) {
    try {
      group.send(Service.AGREED, all).get();
    } catch (GroupClientException | ExecutionException _) {
      // Not in the group any more: the state at the next join has everything.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public InputStream snapshot(Member receiver) {
    return new ByteArrayInputStream(everything());
  }

  @Override
  public void stateBegins(Member giver) {
    arriving.reset();
  }

  @Override
  public void state(ByteBuffer chunk) {
    byte[] bytes = new byte[chunk.remaining()];
    chunk.get(bytes);
    arriving.writeBytes(bytes);
  }

  @Override
  public void stateComplete(Member giver) {
    take(arriving.toString(UTF_8)); // Beside what is here: a life before may know more.
  }

  private void take(String text) {
    synchronized (lines) {
      for (String line : text.lines().toList()) {
        String[] words = line.split(" ");
        Line said = new Line(Long.parseLong(words[1]), Long.parseLong(words[2]));
        lines.merge(words[0], said, (a, b) -> a.number() >= b.number() ? a : b);
      }
    }
  }

  private byte[] everything() {
    StringBuilder text = new StringBuilder();
    synchronized (lines) {
      lines.forEach((name, line) -> text.append(line(name, line)));
    }
    return text.toString().getBytes(UTF_8);
  }

  private static String line(String name, Line line) {
    return name + " " + line.number() + " " + line.total() + "\n";
  }

  /// Leaves the group.
  @Override
  public void close() {
    client.close();
  }

  /// Adds the numbers on standard input, line by line, and prints the value.
  ///
  /// @param args the socket of the peer, and the name of this application
  public static void main(String[] args) throws InterruptedException, ExecutionException {
    try (ReplicatedCounter counter = new ReplicatedCounter(Path.of(args[0]), args[1])) {
      for (String line = IO.readln(); line != null; line = IO.readln()) {
        try {
          counter.add(line.isBlank() ? 0 : Long.parseLong(line.strip()));
        } catch (NumberFormatException | IllegalStateException | GroupClientException e) {
          System.out.println(e.getMessage());
        }
        System.out.println("value: " + counter.value());
      }
    }
  }
}
