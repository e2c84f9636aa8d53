package io.euryale.service.cell;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.DatagramCore;
import io.euryale.kernel.DatagramHome;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.overlay.OverlaySettings;
import io.euryale.service.stream.Relay;
import io.euryale.service.stream.StreamSettings;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A peer alone, whose loops are late when the test says so.
class ControlCoreTest {

  private static final PeerRef SELF =
      new PeerRef(PeerId.of("self", 1), new Endpoint("127.0.0.1", 7400, 7401, 7402, 7403));
  private static final long TICK_NANOS = 10_000_000L;
  private static final long LATE_NANOS = 150_000_000L;

  private final Map<TrafficClass, Loop> loops = new EnumMap<>(TrafficClass.class);
  private final List<String> shed = new ArrayList<>();
  private long now = 1_000_000_000L;

  /// Wakes its core as late as it was told to.
  private final class Loop implements DatagramHome {
    private DatagramCore core;
    private long wakeAt = Long.MAX_VALUE;
    private long lateNanos;

    void tick() {
      if (wakeAt < Long.MAX_VALUE && now - wakeAt >= lateNanos) {
        wakeAt = Long.MAX_VALUE;
        core.timerDue(now);
      }
      core.idle(now);
    }

    @Override
    public void wakeAt(long deadlineNanos) {
      wakeAt = deadlineNanos;
    }

    @Override
    public void observe(TraceEvent event) {
      if (event.event().equals("SHED")) {
        shed.add(event.fields().get("class") + " " + event.fields().get("what"));
      }
    }

    @Override
    public boolean send(int link, ByteBuffer frame) {
      return false;
    }

    @Override
    public int connect(Endpoint remote) {
      return 1;
    }

    @Override
    public void disconnect(int link) {}

    @Override
    public long jitter(long bound) {
      return 0;
    }

    @Override
    public int address(Endpoint remote) {
      return 1;
    }

    @Override
    public void forget(int address) {}

    @Override
    public boolean sendTo(int address, ByteBuffer datagram) {
      return false;
    }

    @Override
    public int datagramBytes(int address) {
      return 1_400;
    }

    @Override
    public int receiveBufferBytes() {
      return 1 << 20;
    }

    @Override
    public void persist(int record, ByteBuffer value) {}

    @Override
    public ByteBuffer recorded(int record) {
      return ByteBuffer.allocate(0);
    }

    @Override
    public void keyBytes(byte[] target) {}
  }

  @BeforeEach
  void aPeerAlone() {
    for (TrafficClass trafficClass : TrafficClass.values()) {
      loops.put(trafficClass, new Loop());
    }
    Map<TrafficClass, ControlCore.Data> data = new EnumMap<>(TrafficClass.class);
    loops.forEach(
        (trafficClass, loop) -> {
          if (trafficClass != TrafficClass.CONTROL) {
            DataCore core =
                new DataCore(
                    trafficClass,
                    loop,
                    home -> new Relay(StreamSettings.defaults(), trafficClass, SELF, home));
            loop.core = core;
            data.put(trafficClass, new ControlCore.Data(core, task -> task.accept(now)));
          }
        });
    Loop control = loops.get(TrafficClass.CONTROL);
    control.core =
        new ControlCore(
            OverlaySettings.defaults(),
            "metro",
            SELF,
            List.of(),
            control,
            data,
            task -> task.accept(now),
            place ->
                data.forEach((trafficClass, each) -> each.core().relay().neighbourhood(now, place)),
            _ -> {});
    loops.values().forEach(loop -> loop.core.start(now));
    pass(5);
  }

  private void pass(int seconds) {
    for (long until = now + seconds * 1_000_000_000L; now < until; now += TICK_NANOS) {
      loops.values().forEach(Loop::tick);
    }
  }

  private void late(TrafficClass trafficClass, long nanos) {
    loops.get(trafficClass).lateNanos = nanos;
  }

  @Test
  void aPeerWhoseLoopsAreInTimeShedsNothing() {
    pass(20);
    assertThat(shed).isEmpty();
  }

  @Test
  void theRelayOfAClassWhoseLoopIsLateShedsItAndTakesItAgainAfterwards() {
    late(TrafficClass.NORMAL, LATE_NANOS);
    pass(20);
    assertThat(shed).containsExactly("normal BEST_EFFORT", "normal ALL");
    shed.clear();
    late(TrafficClass.NORMAL, 0);
    pass(20);
    assertThat(shed).containsExactly("normal BEST_EFFORT", "normal NOTHING");
  }

  @Test
  void relaysOfLesserClassesShedFirstWhenAHigherClassIsLateAndAlarmsAreNeverShed() {
    late(TrafficClass.ALARM, LATE_NANOS);
    pass(20);
    assertThat(shed)
        .containsExactly(
            "normal BEST_EFFORT", "normal ALL", "critical BEST_EFFORT", "critical ALL");
  }
}
