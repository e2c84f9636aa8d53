package io.euryale.console;

import io.euryale.overlay.CellView;
import io.euryale.overlay.OverlayStatus;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `euryale overlay tree`: the shape in few lines.
@Command(
    name = "tree",
    header = "Print the tree of cells, one line each.",
    description =
        "A star marks the coordinator. Exit code 1 means that only a part of the overlay is known"
            + " now, because its root is changing.",
    footer = {"", "Example: euryale overlay tree --join 127.0.0.1:7400"})
final class OverlayTreeCommand implements Callable<Integer> {

  @Mixin EdgeOptions edge = new EdgeOptions();
  @Mixin OutputOption output = new OutputOption();
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    OverlayStatus status = OverlayCommand.fetch(edge);
    PrintWriter out = spec.commandLine().getOut();
    List<Map<String, Object>> tops = new ArrayList<>();
    for (CellView cell : status.cells()) {
      if (OverlayCommand.isTop(cell, status.cells())) {
        if (output.isJson()) {
          tops.add(json(cell, status.cells()));
        } else {
          print(out, cell, status.cells(), "", "");
        }
      }
    }
    if (output.isJson()) {
      out.println(Json.indented(tops));
    }
    out.flush();
    return status.complete() ? ExitCode.DONE : ExitCode.MISSED;
  }

  private static String names(CellView cell) {
    return cell.members().stream()
        .map(m -> m.id().name() + (m.id().equals(cell.coordinator()) ? "*" : ""))
        .collect(Collectors.joining(" "));
  }

  private static void print(
      PrintWriter out, CellView cell, List<CellView> all, String first, String rest) {
    out.printf("%s%s  %s%n", first, cell.cell(), names(cell));
    List<CellView> children = OverlayCommand.children(cell.cell(), all);
    for (CellView child : children) {
      boolean last = child.cell().equals(children.getLast().cell());
      print(out, child, all, rest + (last ? "└─ " : "├─ "), rest + (last ? "   " : "│  "));
    }
  }

  private static Map<String, Object> json(CellView cell, List<CellView> all) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("cell", cell.cell().toString());
    document.put("coordinator", cell.coordinator().name().value());
    document.put("members", cell.members().stream().map(m -> m.id().name().value()).toList());
    document.put(
        "below",
        OverlayCommand.children(cell.cell(), all).stream().map(child -> json(child, all)).toList());
    return document;
  }
}
