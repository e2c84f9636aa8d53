package io.euryale.lighttrain.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.lighttrain.demo.DemoView.CellShown;
import io.euryale.lighttrain.demo.DemoView.ClassShown;
import io.euryale.lighttrain.demo.DemoView.PeerShown;
import io.euryale.lighttrain.demo.DemoView.PeerState;
import io.euryale.lighttrain.demo.DemoView.Snapshot;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoViewTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, UTF_8);

  private static Snapshot at(double seconds) {
    Reception.Figures figures = new Reception.Figures(100, 99, 1.5, 3, 4, 20, 0.5, 1, 0, 0);
    return new Snapshot(
        seconds,
        40,
        "07:31:00",
        60,
        List.of(
            new CellShown(
                "0.1",
                1,
                List.of(
                    new PeerShown("south-depot", 1, PeerState.UP),
                    new PeerShown("east-depot", 2, PeerState.DOWN)))),
        List.of(new ClassShown("alarm", 60.2, figures)),
        Map.of("A", List.of(new TrainBoard.Seen("07:30:58", true, "Harbour", "Airport"))),
        List.of(
            new Recovery(1, Duration.ofSeconds(3), 1, "reset", List.of("east-depot"), 210, null)),
        6);
  }

  private String text() {
    return bytes.toString(UTF_8);
  }

  @Test
  void linesWithoutATerminalHaveNoEscapesAndComeOnceASecond() {
    try (DemoView view = DemoView.plain(out)) {
      view.show(at(1.0));
      view.show(at(1.25));
      view.event("something happened");
      view.show(at(2.0));
    }

    assertThat(text()).doesNotContain("\u001b").hasLineCount(3);
    assertThat(text()).contains("alarm 60/s").contains("something happened");
  }

  @Test
  void thePictureShowsPeersTrainsClassesAndFaults() {
    try (TerminalView view = new TerminalView(out, false, new int[] {40, 120})) {
      view.show(at(1.0));
    }

    assertThat(text())
        .contains("south-depot")
        .contains("process 2 down")
        .contains("> Harbour")
        .contains("recovering")
        .contains("60.2");
  }

  @Test
  void thePictureLeavesTheTerminalAsItWas() {
    try (TerminalView view = new TerminalView(out, false, new int[] {40, 120})) {
      view.show(at(1.0));
    }

    assertThat(text()).startsWith("\u001b[?1049h").endsWith("\u001b[?1049l");
  }

  @Test
  void withoutColoursThereAreNone() {
    try (TerminalView view = new TerminalView(out, false, new int[] {40, 120})) {
      view.show(at(1.0));
    }
    assertThat(text()).doesNotContainPattern("\u001b\\[[0-9;]*m");

    bytes.reset();
    try (TerminalView view = new TerminalView(out, true, new int[] {40, 120})) {
      view.show(at(1.0));
    }
    assertThat(text()).contains("\u001b[32m").contains("\u001b[31m");
  }

  @Test
  void nothingIsDrawnBeyondTheEdges() {
    try (TerminalView view = new TerminalView(out, false, new int[] {8, 30})) {
      view.event("an event whose line is much longer than thirty columns are");
      bytes.reset();
      view.show(at(1.0));
    }
    String[] lines = text().replaceAll("\u001b\\[[0-9;?]*[A-Za-z]", "").split("\r\n", -1);

    assertThat(lines).hasSizeLessThanOrEqualTo(8).allMatch(line -> line.length() <= 30);
  }
}
