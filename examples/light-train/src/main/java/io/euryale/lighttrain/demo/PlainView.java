package io.euryale.lighttrain.demo;

import java.io.PrintStream;
import java.util.Locale;

/// One line a second, and one for each event.
final class PlainView implements DemoView {

  private final PrintStream out;
  private long lastSecond = -1;

  PlainView(PrintStream out) {
    this.out = out;
  }

  @Override
  public void show(Snapshot now) {
    long second = (long) now.elapsedSeconds();
    if (second == lastSecond) {
      return;
    }
    lastSecond = second;
    StringBuilder line = new StringBuilder();
    line.append(String.format(Locale.ROOT, "%4d s  %s ", second, now.cityTime()));
    for (ClassShown each : now.classes()) {
      line.append(
          String.format(
              Locale.ROOT,
              " | %s %.0f/s p99 %.1f ms max %.0f ms lost %d",
              each.label(),
              each.perSecond(),
              each.figures().p99(),
              each.figures().max(),
              each.figures().lost()));
    }
    long up =
        now.cells().stream()
            .flatMap(cell -> cell.peers().stream())
            .filter(peer -> peer.state() == PeerState.UP)
            .count();
    line.append(" | ").append(up).append(" peers up");
    print(line.toString());
  }

  @Override
  public void event(String line) {
    print(line);
  }

  private void print(String line) {
    out.println(line);
    out.flush();
  }

  @Override
  public void close() {
    out.flush();
  }
}
