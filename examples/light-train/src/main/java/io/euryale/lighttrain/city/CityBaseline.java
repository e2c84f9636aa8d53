package io.euryale.lighttrain.city;

import io.euryale.kernel.TrafficClass;
import io.euryale.lighttrain.demo.DemoException;
import io.euryale.lighttrain.timetable.GtfsFeed;
import io.euryale.lighttrain.timetable.SampleNetwork;
import io.euryale.lighttrain.timetable.Timetable;
import io.euryale.lighttrain.timetable.TimetableException;
import io.euryale.platform.LoopPriority;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The same city without an overlay: all packets go over one connection for each class to one relay
/// process and from there to the control centre. Nothing is copied, confirmed or repeated, and
/// nothing fails. What the overlay costs is measured against this.
///
/// A packet is its length (4 bytes) and its bytes.
public final class CityBaseline {

  private static final List<TrafficClass> CLASSES =
      List.of(TrafficClass.ALARM, TrafficClass.CRITICAL, TrafficClass.NORMAL);
  private static final int CAMERAS = 2;
  private static final long DRAIN_MILLIS = 1000;

  /// What a class took.
  ///
  /// @param received packets
  /// @param lost packets that were sent and did not come within a second after the end
  public record Latency(
      long received, long lost, double p50, double p99, double p999, double max) {}

  /// What was measured.
  ///
  /// @param cpuSeconds of the relay, and of this process with the sensors and the control centre
  public record Measured(double seconds, Map<TrafficClass, Latency> classes, double cpuSeconds) {}

  private final CitySettings settings;
  private final List<String> relay;

  /// @param relay the command that starts a relay, without its last argument, which is the port
  /// to relay to; it prints the port it listens at
  public CityBaseline(CitySettings settings, List<String> relay) {
    this.settings = settings;
    this.relay = List.copyOf(relay);
  }

  /// Runs it for the duration of the settings.
  ///
  /// @throws DemoException when the relay cannot be started
  public Measured run() throws DemoException, TimetableException, InterruptedException {
    Duration length = settings.duration();
    if (length == null) {
      throw DemoException.badUsage("A measurement has a duration.");
    }
    Path path = settings.gtfs();
    GtfsFeed feed = path == null ? SampleNetwork.load() : GtfsFeed.read(path);
    Timetable day = Timetable.ofBusiestDay(feed);
    CityMap map = new CityMap(feed);
    CityTrains trains = new CityTrains(day);
    CityPlan plan =
        new CityPlan(map, settings.cellsPerLine(), settings.peersPerCell(), settings.processes());
    CityStreams streams = new CityStreams(map, plan);
    List<AutoCloseable> open = new ArrayList<>();
    try (AlarmDesk desk = new AlarmDesk(null)) {
      ControlCentre centre = new ControlCentre(map, trains, desk);
      Map<TrafficClass, CityReception> receptions = new EnumMap<>(TrafficClass.class);
      CLASSES.forEach(
          each ->
              receptions.put(
                  each,
                  new CityReception(stream -> stream.isForCentre(each), streams.all(), centre)));
      Process process = connect(streams, receptions, open);
      CityClock clock =
          new CityClock(
              day,
              System.nanoTime() + 300_000_000L,
              trains.busiest(),
              trains.lastEnd(),
              settings.speed());
      double before = cpuSeconds(ProcessHandle.current());
      receptions
          .values()
          .forEach(each -> each.measureFrom(clock.startNanos() + CityRun.WARM_UP_NANOS));
      live(map, trains, streams, new Announcements(desk), centre, clock, length);
      Map<TrafficClass, Latency> classes = new EnumMap<>(TrafficClass.class);
      receptions.forEach((each, reception) -> classes.put(each, latency(reception)));
      double cpu = cpuSeconds(process.toHandle()) + cpuSeconds(ProcessHandle.current()) - before;
      return new Measured(length.toMillis() / 1000.0, classes, cpu);
    } catch (IOException e) {
      throw DemoException.environment("The relay cannot be used: " + e.getMessage() + ".");
    } finally {
      open.reversed().forEach(CityBaseline::close);
    }
  }

  private static double cpuSeconds(ProcessHandle process) {
    return process.info().totalCpuDuration().map(spent -> spent.toMillis() / 1000.0).orElse(0.0);
  }

  private static Latency latency(CityReception reception) {
    CityReception.Figures total = reception.total();
    return new Latency(
        total.received(),
        reception.outstanding(),
        total.p50(),
        total.p99(),
        total.p999(),
        total.max());
  }

  private void live(
      CityMap map,
      CityTrains trains,
      CityStreams streams,
      Announcements announcements,
      ControlCentre centre,
      CityClock clock,
      Duration length)
      throws InterruptedException {
    Map<TrafficClass, ClassTraffic> traffic = new EnumMap<>(TrafficClass.class);
    CLASSES.forEach(each -> traffic.put(each, new ClassTraffic(each)));
    CityLife life =
        new CityLife(
            map,
            trains,
            new Disruptions(),
            streams,
            announcements,
            new StopBoards(List.of(), centre, clock), // Nothing but what the centre gets.
            new StopDisplays(streams),
            traffic,
            settings,
            clock);
    life.load(settings.load());
    List<Thread> threads = new ArrayList<>();
    traffic.values().forEach(each -> threads.add(Thread.ofPlatform().daemon().start(each)));
    threads.add(Thread.ofPlatform().daemon().start(life));
    try {
      Thread.sleep(length);
      life.stop();
      traffic.values().forEach(ClassTraffic::stop);
      Thread.sleep(DRAIN_MILLIS);
    } finally {
      threads.forEach(Thread::interrupt);
    }
  }

  /// Centre, relay and sensors, connected in this order.
  private Process connect(
      CityStreams streams, Map<TrafficClass, CityReception> receptions, List<AutoCloseable> open)
      throws IOException {
    InetAddress here = InetAddress.getLoopbackAddress();
    ServerSocketChannel centre = ServerSocketChannel.open();
    open.add(centre);
    centre.bind(new InetSocketAddress(here, 0));
    List<String> command = new ArrayList<>(relay);
    command.add(Integer.toString(((InetSocketAddress) centre.getLocalAddress()).getPort()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    open.add(process::destroyForcibly);
    SocketChannel in = centre.accept();
    open.add(in);
    Thread.ofPlatform()
        .daemon()
        .name("city-centre")
        .start(
            () -> {
              LoopPriority.raise(TrafficClass.NORMAL);
              receive(in, streams, receptions);
            });
    BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
    String port = said.readLine();
    if (port == null) {
      throw new IOException("it ended at once");
    }
    for (TrafficClass each : CLASSES) {
      SocketChannel out = SocketChannel.open(new InetSocketAddress(here, Integer.parseInt(port)));
      open.add(out);
      out.setOption(StandardSocketOptions.TCP_NODELAY, true);
      List<CityStream> cameras = streams.of(CityStream.Kind.CAMERA);
      for (CityStream stream : streams.all()) {
        if (stream.trafficClass() == each) {
          boolean looked = cameras.indexOf(stream) < CAMERAS;
          stream.connect(outlet(out, looked));
        }
      }
    }
    return process;
  }

  private static CityStream.Outlet outlet(SocketChannel out, boolean wanted) {
    return new CityStream.Outlet() {
      @Override
      public boolean isWanted() {
        return wanted;
      }

      @Override
      public void offer(byte[] packet, Consumer<Boolean> answer) {
        ByteBuffer frame = ByteBuffer.allocate(4 + packet.length);
        frame.putInt(packet.length).put(packet).flip();
        try {
          while (frame.hasRemaining()) {
            int _ = out.write(frame);
          }
          answer.accept(true);
        } catch (IOException _) {
          answer.accept(false);
        }
      }
    };
  }

  private static void receive(
      SocketChannel from, CityStreams streams, Map<TrafficClass, CityReception> receptions) {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Channels.newInputStream(from)))) {
      while (true) {
        byte[] packet = in.readNBytes(in.readInt());
        int index = ByteBuffer.wrap(packet).getInt(4);
        CityStream stream = streams.all().get(index);
        CityReception reception = receptions.get(stream.trafficClass());
        if (reception != null) {
          reception.packet(stream.name(), 1, 0, ByteBuffer.wrap(packet));
        }
      }
    } catch (IOException _) {
      // The end.
    }
  }

  private static void close(AutoCloseable each) {
    try {
      each.close();
    } catch (Exception _) {
      // It is only a measurement's other end.
    }
  }
}
