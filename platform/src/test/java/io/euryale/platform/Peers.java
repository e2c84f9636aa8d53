package io.euryale.platform;

import io.euryale.kernel.Core;
import io.euryale.kernel.DatagramCore;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.wire.Frames;
import io.euryale.kernel.wire.HelloCodec;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Homes on loopback for one test, all closed at its end.
final class Peers implements AutoCloseable {

  /// Other processes have other addresses, so that no port is taken between two lives of a home.
  static final String HOST =
      "127.%d.%d.1"
          .formatted(
              ThreadLocalRandom.current().nextInt(1, 255),
              ThreadLocalRandom.current().nextInt(256));

  static final String OVERLAY = "test";

  final Loops loops = new Loops();
  final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final List<NettyHome> homes = new ArrayList<>();

  NettyHome home(TrafficClass trafficClass, String overlay, LinkSettings settings) {
    NettyHome home =
        new NettyHome(loops, trafficClass, overlay, Role.PEER, settings, null, 1, failures::add);
    homes.add(home);
    return home;
  }

  NettyHome home() {
    return home(TrafficClass.ALARM, OVERLAY, LinkSettings.defaults());
  }

  /// Starts `core` in `home`, listening; returns the port.
  int start(NettyHome home, Core core, String name) {
    return start(home, core, name, 0);
  }

  int start(NettyHome home, Core core, String name, int port) {
    int listening = home.listen(HOST, port);
    home.start(core, ref(name, listening));
    return listening;
  }

  /// Starts `core` in `home`, listening for links and datagrams; returns the port.
  int startWithDatagrams(NettyHome home, DatagramCore core, String name, int port) {
    int listening = home.listenWithDatagrams(HOST, port);
    home.start(core, ref(name, listening));
    return listening;
  }

  /// A home with a reach and records.
  NettyHome home(Reach reach, @Nullable Records records, LinkSettings settings) {
    NettyHome home =
        new NettyHome(
            loops,
            TrafficClass.ALARM,
            OVERLAY,
            Role.PEER,
            settings,
            reach,
            records,
            null,
            1,
            failures::add);
    homes.add(home);
    return home;
  }

  /// A home with keys.
  NettyHome home(LinkKeys keys, LinkSettings settings) {
    NettyHome home =
        new NettyHome(
            loops, TrafficClass.ALARM, OVERLAY, Role.PEER, settings, keys, null, 1, failures::add);
    homes.add(home);
    return home;
  }

  static PeerRef ref(String name, int port) {
    return new PeerRef(PeerId.of(name, 1), at(port));
  }

  static Endpoint at(int port) {
    return new Endpoint(HOST, port, port, port, port);
  }

  static int connect(NettyHome home, int port) {
    return ask(home, () -> home.connect(at(port)));
  }

  /// Runs `question` as a task of the home and waits for its answer.
  static <T> T ask(NettyHome home, Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    home.execute(nowNanos -> answer.complete(question.get()));
    try {
      return answer.get(10, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("The loop did not answer", e);
    }
  }

  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("Not within 10 s: " + what);
      }
      LockSupport.parkNanos(200_000);
    }
  }

  static void awaitEvent(ToyCore core, String start) {
    await(
        start + " in " + core.events,
        () -> core.events.stream().anyMatch(event -> event.startsWith(start)));
  }

  static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /// The bytes of a frame as they stand on the wire.
  static byte[] wire(byte[] body) {
    ByteBuffer wire = ByteBuffer.allocate(Frames.HEADER_BYTES + body.length);
    wire.putInt(body.length).putInt(Frames.checksum(new CRC32C(), ByteBuffer.wrap(body))).put(body);
    return wire.array();
  }

  static byte[] hello(String overlay, TrafficClass trafficClass, String name) {
    ByteBuffer body =
        HelloCodec.encode(
            new WireWriter(), new Hello(overlay, Role.PEER, trafficClass, ref(name, 0)));
    byte[] bytes = new byte[body.remaining()];
    body.get(bytes);
    return wire(bytes);
  }

  @Override
  public void close() {
    homes.forEach(NettyHome::kill);
    loops.close();
  }
}
