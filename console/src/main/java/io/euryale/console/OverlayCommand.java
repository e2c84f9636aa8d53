package io.euryale.console;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.overlay.CellId;
import io.euryale.overlay.CellView;
import io.euryale.overlay.OverlayStatus;
import io.euryale.peer.Client;
import io.euryale.platform.Loops;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `euryale overlay`: looks at an overlay as a whole.
@Command(
    name = "overlay",
    header = "Look at an overlay, find things in it, drain peers.",
    subcommands = {
      OverlayCommand.Status.class,
      OverlayTreeCommand.class,
      OverlayPathCommand.class,
      OverlayEventsCommand.class,
      OverlayFindCommand.class,
      OverlayDrainCommand.class
    })
final class OverlayCommand {

  /// `euryale overlay status`: the tree of cells.
  @Command(
      name = "status",
      header = "Print the tree of cells with coordinators, members and their parents.",
      description =
          "Asks the root coordinator, which is found through any peer. Exit code 1 means that only"
              + " a part of the overlay is known now, because its root is changing.",
      footer = {"", "Example: euryale overlay status --join 127.0.0.1:7400"})
  static final class Status implements Callable<Integer> {

    @Mixin EdgeOptions edge = new EdgeOptions();
    @Mixin OutputOption output = new OutputOption();
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
      OverlayStatus status = fetch(edge);
      String overlay = edge.settings("observer").overlayName();
      PrintWriter out = spec.commandLine().getOut();
      if (output.isJson()) {
        out.println(Json.indented(json(overlay, status)));
      } else {
        print(out, overlay, status);
      }
      out.flush();
      return status.complete() ? ExitCode.DONE : ExitCode.MISSED;
    }
  }

  /// Asks for the picture of the whole overlay.
  static OverlayStatus fetch(EdgeOptions edge) throws Exception {
    try (Loops loops = new Loops();
        Client client = edge.client(loops, null)) {
      return client.status(edge.connectTimeout);
    }
  }

  /// The member of this name, or a sentence for the operator.
  static CellView.Member member(OverlayStatus status, String name) {
    for (CellView cell : status.cells()) {
      for (CellView.Member member : cell.members()) {
        if (member.id().name().value().equals(name)) {
          return member;
        }
      }
    }
    throw CommandException.usage(
        "No peer '"
            + name
            + "' is in the overlay"
            + (status.complete() ? "" : " as far as is known now, while its root is changing")
            + ": see `euryale overlay tree`.");
  }

  private static void print(PrintWriter out, String overlay, OverlayStatus status) {
    PeerRef from = status.from();
    int peers = status.cells().stream().mapToInt(cell -> cell.members().size()).sum();
    out.printf(
        "Overlay %s: %d cells, %d peers, as %s knows it%s%n",
        overlay,
        status.cells().size(),
        peers,
        from == null ? "nobody" : from.name(),
        status.complete() ? "." : " (incomplete: the root is changing).");
    for (CellView cell : status.cells()) {
      if (isTop(cell, status.cells())) {
        printCell(out, cell, status.cells(), "", "");
      }
    }
  }

  static boolean isTop(CellView cell, List<CellView> all) {
    return cell.cell().isRoot()
        || all.stream().noneMatch(other -> other.cell().equals(cell.cell().parent()));
  }

  private static void printCell(
      PrintWriter out, CellView cell, List<CellView> all, String first, String rest) {
    out.printf(
        "%scell %s  term %d  coordinator %s%n",
        first, cell.cell(), cell.term().number(), cell.coordinator().name());
    List<CellView> children = children(cell.cell(), all);
    String bar = rest + (children.isEmpty() ? "   " : "│  ");
    for (CellView.Member member : cell.members()) {
      PeerId parent = member.parent();
      out.printf(
          "%s%s  %s%s%n",
          bar,
          member.id().name(),
          member.peer().endpoint(),
          parent == null ? "" : "  parent " + parent.name());
    }
    for (CellView child : children) {
      boolean last = child.cell().equals(children.getLast().cell());
      printCell(out, child, all, rest + (last ? "└─ " : "├─ "), rest + (last ? "   " : "│  "));
    }
  }

  static List<CellView> children(CellId cell, List<CellView> all) {
    return all.stream()
        .filter(other -> !other.cell().isRoot() && other.cell().parent().equals(cell))
        .toList();
  }

  private static Map<String, Object> json(String overlay, OverlayStatus status) {
    PeerRef from = status.from();
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("overlay", overlay);
    document.put("complete", status.complete());
    document.put("from", from == null ? null : from.name().value());
    document.put("cells", status.cells().stream().map(OverlayCommand::json).toList());
    return document;
  }

  private static Map<String, Object> json(CellView view) {
    Map<String, Object> cell = new LinkedHashMap<>();
    cell.put("cell", view.cell().toString());
    cell.put("level", view.cell().level());
    cell.put("term", view.term().number());
    cell.put("version", view.version());
    cell.put("coordinator", view.coordinator().name().value());
    List<Map<String, Object>> members = new ArrayList<>();
    for (CellView.Member member : view.members()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("name", member.id().name().value());
      line.put("incarnation", member.id().incarnation());
      line.put("host", member.peer().endpoint().host());
      line.put("control", member.peer().endpoint().controlPort());
      line.put("alarm", member.peer().endpoint().alarmPort());
      line.put("critical", member.peer().endpoint().criticalPort());
      line.put("normal", member.peer().endpoint().normalPort());
      line.put("parent", name(member.parent()));
      members.add(line);
    }
    cell.put("members", members);
    return cell;
  }

  private static @Nullable String name(@Nullable PeerId id) {
    return id == null ? null : id.name().value();
  }
}
