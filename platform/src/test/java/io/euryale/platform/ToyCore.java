package io.euryale.platform;

import io.euryale.kernel.Core;
import io.euryale.kernel.Hello;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// Writes down what its home tells it.
class ToyCore implements Core {

  final List<String> events = new CopyOnWriteArrayList<>();
  final List<byte[]> frames = new CopyOnWriteArrayList<>();
  final AtomicLong frameCount = new AtomicLong();
  final AtomicLong lastNanos = new AtomicLong();
  volatile boolean keepFrames = true;

  @Override
  public void start(long nowNanos) {
    note("start", nowNanos);
  }

  @Override
  public void linkUp(long nowNanos, int link, Hello remote) {
    note("up " + link + " " + remote.self().id(), nowNanos);
  }

  @Override
  public void linkDown(long nowNanos, int link, String reason) {
    note("down " + link + " " + reason, nowNanos);
  }

  @Override
  public void dialFailed(long nowNanos, int link, String reason) {
    note("dialFailed " + link + " " + reason, nowNanos);
  }

  @Override
  public void frame(long nowNanos, int link, ByteBuffer frame) {
    frameCount.incrementAndGet();
    if (keepFrames) {
      byte[] body = new byte[frame.remaining()];
      frame.get(body);
      frames.add(body);
    }
  }

  @Override
  public void timerDue(long nowNanos) {
    note("timer", nowNanos);
  }

  @Override
  public void idle(long nowNanos) {}

  List<String> texts() {
    return frames.stream().map(body -> new String(body, StandardCharsets.UTF_8)).toList();
  }

  private void note(String event, long nowNanos) {
    lastNanos.set(nowNanos);
    events.add(event);
  }
}
