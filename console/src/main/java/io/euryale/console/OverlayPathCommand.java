package io.euryale.console;

import io.euryale.kernel.PeerId;
import io.euryale.overlay.CellView;
import io.euryale.overlay.OverlayStatus;
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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `euryale overlay path`: the way of a peer's packets.
@Command(
    name = "path",
    header = "Print the peers that packets of a peer pass on their way to the root cell.",
    description =
        "For each hop, also the others of its cell, which take over when it fails. Exit code 1"
            + " means that the way is not known to its end now.",
    footer = {"", "Example: euryale overlay path c1 --join 127.0.0.1:7400"})
final class OverlayPathCommand implements Callable<Integer> {

  @Parameters(paramLabel = "PEER", description = "Name of the peer to start from.")
  String peer = "";

  @Mixin EdgeOptions edge = new EdgeOptions();
  @Mixin OutputOption output = new OutputOption();
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    OverlayStatus status = OverlayCommand.fetch(edge);
    CellView.Member at = OverlayCommand.member(status, peer);
    TextTable table = new TextTable("HOP", "PEER", "CELL", "ADDRESS", "INSTEAD");
    List<Map<String, Object>> lines = new ArrayList<>();
    boolean whole = false;
    for (int hop = 0; hop <= status.cells().size(); hop++) {
      CellView cell = cellOf(status, at.id());
      if (cell == null) {
        break;
      }
      PeerId here = at.id();
      List<String> others =
          cell.members().stream()
              .filter(other -> !other.id().equals(here))
              .map(other -> other.id().name().value())
              .toList();
      table.row(hop, here.name(), cell.cell(), at.peer().endpoint(), String.join(" ", others));
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("peer", here.name().value());
      line.put("cell", cell.cell().toString());
      line.put("address", at.peer().endpoint().toString());
      line.put("instead", others);
      lines.add(line);
      whole = cell.cell().isRoot();
      PeerId parent = at.parent();
      if (whole || parent == null) {
        break;
      }
      CellView.Member next = null;
      for (CellView above : status.cells()) {
        CellView.Member listed = above.member(parent);
        next = listed == null ? next : listed;
      }
      if (next == null) {
        break;
      }
      at = next;
    }
    PrintWriter out = spec.commandLine().getOut();
    if (output.isJson()) {
      out.println(Json.indented(lines));
    } else {
      out.print(table);
      if (!whole) {
        out.println("The way does not reach the root cell at present.");
      }
    }
    out.flush();
    return whole ? ExitCode.DONE : ExitCode.MISSED;
  }

  private static @Nullable CellView cellOf(OverlayStatus status, PeerId peer) {
    return status.cells().stream().filter(cell -> cell.lists(peer)).findFirst().orElse(null);
  }
}
