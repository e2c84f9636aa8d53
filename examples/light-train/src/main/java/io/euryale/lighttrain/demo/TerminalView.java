package io.euryale.lighttrain.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// Redraws the whole picture in place: the tree of cells, the trains, the classes, the faults.
///
/// It draws on the terminal's second screen and writes over the picture before instead of clearing
/// it, so nothing flickers and the text above the command is there again afterwards.
final class TerminalView implements DemoView {

  private static final String ESCAPE = "\u001b[";
  private static final String ENTER = ESCAPE + "?1049h" + ESCAPE + "?25l";
  private static final String LEAVE = ESCAPE + "?25h" + ESCAPE + "?1049l";
  private static final String HOME = ESCAPE + "H";
  private static final String END_OF_LINE = ESCAPE + "K";
  private static final String END_OF_SCREEN = ESCAPE + "J";
  private static final int EVENTS_KEPT = 6;

  private final PrintStream out;
  private final boolean colours;
  private final Deque<String> events = new ArrayDeque<>();
  private final int rows;
  private final int columns;
  private boolean entered;

  TerminalView(PrintStream out, boolean colours) {
    this(out, colours, size());
  }

  /// @param size rows and columns
  TerminalView(PrintStream out, boolean colours, int[] size) {
    this.out = out;
    this.colours = colours;
    this.rows = size[0];
    this.columns = size[1];
  }

  /// Rows and columns of the terminal, as its driver says; the classic size when it does not.
  private static int[] size() {
    int[] classic = {24, 80};
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(Path.of("/dev/tty").toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try (var reader = stty.inputReader()) {
        String line = reader.readLine();
        String[] words = line == null ? new String[0] : line.strip().split(" ");
        if (stty.waitFor(1, TimeUnit.SECONDS) && words.length == 2) {
          int[] size = {Integer.parseInt(words[0]), Integer.parseInt(words[1])};
          return size[0] > 0 && size[1] > 0 ? size : classic;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (IOException | NumberFormatException _) {
      // No terminal driver to ask.
    }
    return classic;
  }

  /// A piece of text in a colour.
  private enum Paint {
    PLAIN(""),
    BOLD("1"),
    DIM("2"),
    GREEN("32"),
    YELLOW("33"),
    RED("31"),
    CYAN("36");

    private final String code;

    Paint(String code) {
      this.code = code;
    }
  }

  /// One line of the picture, cut off at the edge of the terminal.
  private final class Line {
    private final StringBuilder text = new StringBuilder();
    private int width;

    Line add(Paint paint, String piece) {
      String fitting = piece.substring(0, Math.max(0, Math.min(piece.length(), columns - width)));
      width += fitting.length();
      if (colours && paint != Paint.PLAIN && !fitting.isEmpty()) {
        text.append(ESCAPE).append(paint.code).append('m').append(fitting);
        text.append(ESCAPE).append("0m");
      } else {
        text.append(fitting);
      }
      return this;
    }
  }

  @Override
  public void show(Snapshot now) {
    List<Line> lines = new ArrayList<>();
    lines.add(
        line(Paint.BOLD, "Euryale light-train demo")
            .add(
                Paint.PLAIN,
                String.format(
                    Locale.ROOT,
                    "   %.0f of %.0f s   city time %s, %s times life   Ctrl-C ends",
                    now.elapsedSeconds(),
                    now.durationSeconds(),
                    now.cityTime(),
                    plainNumber(now.speed()))));
    lines.add(new Line());
    now.cells().forEach(cell -> lines.add(cell(cell)));
    lines.add(new Line());
    lines.add(
        line(
            Paint.DIM,
            "class      packets/s    p50 ms    p99 ms    max ms    lost   again  reordered"));
    now.classes().forEach(each -> lines.add(trafficClass(each)));
    lines.add(new Line());
    now.trains().forEach((name, calls) -> lines.add(trains(name, calls)));
    lines.add(new Line());
    lines.add(line(Paint.DIM, "faults " + now.recoveries().size() + " of " + now.faultsPlanned()));
    List<Recovery> recoveries = now.recoveries();
    int shown = Math.max(0, Math.min(recoveries.size(), rows - lines.size() - 3));
    recoveries
        .subList(recoveries.size() - shown, recoveries.size())
        .forEach(recovery -> lines.add(recovery(recovery)));
    for (String event : events) {
      lines.add(line(Paint.DIM, event));
    }
    draw(lines);
  }

  private Line line(Paint paint, String text) {
    return new Line().add(paint, text);
  }

  private Line cell(CellShown cell) {
    Line line = line(Paint.PLAIN, "  ".repeat(cell.level()) + "cell ");
    line.add(Paint.BOLD, pad(cell.id(), 11 - 2 * cell.level()));
    for (PeerShown peer : cell.peers()) {
      switch (peer.state()) {
        case UP -> line.add(Paint.GREEN, "* " + pad(peer.name(), 12));
        case JOINING -> line.add(Paint.YELLOW, "~ " + pad(peer.name(), 12));
        case DOWN -> line.add(Paint.RED, "x " + pad(peer.name(), 12));
      }
      String state =
          switch (peer.state()) {
            case UP -> "";
            case JOINING -> " rejoining";
            case DOWN -> " down";
          };
      line.add(Paint.DIM, pad("process " + peer.process() + state, 22));
    }
    return line;
  }

  private Line trafficClass(ClassShown each) {
    Reception.Figures figures = each.figures();
    Line line =
        line(
            Paint.PLAIN,
            String.format(
                Locale.ROOT,
                "%-9s %10.1f %9.2f %9.2f %9.1f",
                each.label(),
                each.perSecond(),
                figures.p50(),
                figures.p99(),
                figures.max()));
    line.add(figures.lost() > 0 ? Paint.RED : Paint.GREEN, pad(figures.lost(), 8));
    line.add(figures.duplicated() > 0 ? Paint.RED : Paint.GREEN, pad(figures.duplicated(), 8));
    return line.add(
        figures.reordered() > 0 ? Paint.RED : Paint.GREEN, pad(figures.reordered(), 11));
  }

  private Line trains(String name, List<TrainBoard.Seen> calls) {
    Line line = line(Paint.CYAN, pad(name, 8) + " ");
    for (TrainBoard.Seen call : calls) {
      line.add(Paint.DIM, call.time() + " ");
      line.add(Paint.PLAIN, (call.arrives() ? "> " : "< ") + call.station() + "   ");
    }
    return line;
  }

  private Line recovery(Recovery recovery) {
    Double whole = recovery.wholeAfterMillis();
    Line line =
        line(
            Paint.PLAIN,
            String.format(
                Locale.ROOT,
                "  %d  at %.1f s  %s of %s (level %d): longest delay %.0f ms, ",
                recovery.number(),
                recovery.after().toMillis() / 1000.0,
                recovery.kind(),
                String.join(", ", recovery.peers()),
                recovery.level(),
                recovery.longestDelayMillis()));
    return whole == null
        ? line.add(Paint.YELLOW, "recovering")
        : line.add(Paint.GREEN, String.format(Locale.ROOT, "whole after %.1f s", whole / 1000));
  }

  private void draw(List<Line> lines) {
    StringBuilder picture = new StringBuilder(entered ? HOME : ENTER + HOME);
    entered = true;
    int fitting = Math.min(lines.size(), rows - 1);
    for (Line line : lines.subList(0, fitting)) {
      picture.append(line.text).append(END_OF_LINE).append("\r\n");
    }
    out.print(picture.append(END_OF_SCREEN));
    out.flush();
  }

  @Override
  public void event(String line) {
    if (events.size() == EVENTS_KEPT) {
      events.removeFirst();
    }
    events.addLast(line);
    if (!entered) {
      out.println(line);
    }
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private static String pad(long number, int width) {
    return String.format(Locale.ROOT, "%" + width + "d", number);
  }

  static String plainNumber(double number) {
    return number == Math.rint(number) && number < 1e9
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  @Override
  public void close() {
    if (entered) {
      entered = false;
      out.print(LEAVE);
      out.flush();
    }
  }
}
