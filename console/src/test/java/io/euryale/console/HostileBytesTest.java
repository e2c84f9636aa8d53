package io.euryale.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.euryale.kernel.TrafficClass;
import io.euryale.peer.Client;
import io.euryale.peer.EdgeSettings;
import io.euryale.peer.Sensor;
import io.euryale.peer.StreamPublisher;
import io.euryale.platform.Loops;
import io.euryale.service.stream.Replication;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Anything may be sent to a port: the peer goes on serving those who speak its language.
@Timeout(120)
class HostileBytesTest {

  private static final List<String> PORTS = List.of("control", "alarm", "critical", "normal");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  void garbageOnEveryPortHarmsNobody() throws IOException, InterruptedException {
    try (EuryaleProcess peers =
        EuryaleProcess.start("peer", "--name", "a1,a2", "--output", "json")) {
      peers.await("two members", () -> peers.events("member").size() == 2);
      Random random = new Random(7);
      List<Socket> silent = new ArrayList<>();
      for (JsonNode member : peers.events("member")) {
        for (String port : PORTS) {
          int number = member.path(port).asInt();
          for (byte[] bytes : hostile(random)) {
            send(number, bytes);
          }
          silent.add(new Socket(InetAddress.getLoopbackAddress(), number));
        }
      }
      publishAndReceive("127.0.0.1:" + peers.events("member").getFirst().path("control").asInt());
      for (Socket socket : silent) {
        socket.close();
      }
      peers.signal("TERM");
      assertThat(peers.awaitExit()).isZero();
      assertThat(peers.err).isEmpty();
    }
  }

  /// Frames with a length of their own choice, a right checksum or none.
  private static List<byte[]> hostile(Random random) {
    List<byte[]> all = new ArrayList<>();
    byte[] noise = new byte[64 << 10];
    random.nextBytes(noise);
    all.add(noise);
    all.add("GET / HTTP/1.1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    all.add(ByteBuffer.allocate(8).putInt(Integer.MAX_VALUE).putInt(0).array());
    all.add(ByteBuffer.allocate(8).putInt(-1).putInt(0).array());
    all.add(ByteBuffer.allocate(8).putInt((1 << 20) + 1).putInt(0).array());
    all.add(ByteBuffer.allocate(9).putInt(1).putInt(42).put((byte) 1).array());
    all.add(new byte[] {0, 0, 1});
    byte[] body = new byte[200];
    random.nextBytes(body);
    body[0] = 1; // Says it is a hello.
    CRC32C crc = new CRC32C();
    crc.update(body);
    all.add(ByteBuffer.allocate(208).putInt(200).putInt((int) crc.getValue()).put(body).array());
    return all;
  }

  private static void send(int port, byte[] bytes) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    } catch (IOException _) {
      // Being thrown out while still sending is as it should be.
    }
  }

  private static void publishAndReceive(String contact) throws InterruptedException {
    for (TrafficClass trafficClass :
        List.of(TrafficClass.ALARM, TrafficClass.CRITICAL, TrafficClass.NORMAL)) {
      CountDownLatch received = new CountDownLatch(20);
      try (Loops loops = new Loops();
          Client client =
              Client.connect(EdgeSettings.named("desk", List.of(contact)), loops, null, PATIENCE);
          Sensor sensor =
              Sensor.connect(EdgeSettings.named("door", List.of(contact)), loops, null, PATIENCE)) {
        client.subscribe(
            "*",
            trafficClass,
            Replication.ACTIVE,
            (stream, epoch, sequence, payload) -> received.countDown());
        StreamPublisher stream = sensor.open("door", trafficClass);
        assertThat(stream.awaitInterest(PATIENCE)).isTrue();
        for (int i = 0; i < 20; i++) {
          assertThat(stream.publish(new byte[100], PATIENCE).isAccepted()).isTrue();
        }
        assertThat(received.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      }
    }
  }
}
