package io.euryale.console;

import io.euryale.client.GroupClient;
import io.euryale.client.TrafficClass;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `euryale group members`: who is in a group, or which groups there are.
@Command(
    name = "members",
    header = "List the members of a group, or all groups.",
    description = {
      "With NAME the members of that group, the eldest first, as APPLICATION@PEER#INCARNATION;"
          + " without it the groups that have members. Only groups that this application may join."
    },
    footer = {"", "Example: euryale group members --socket /var/tmp/a.sock orders"})
final class GroupMembersCommand implements Callable<Integer> {

  @Parameters(arity = "0..1", paramLabel = "NAME", description = "Name of a group.")
  @Nullable String group;

  @Option(
      names = "--class",
      paramLabel = "CLASS",
      description = "alarm, critical or normal; all of them when not given.")
  @Nullable TrafficClass trafficClass;

  @Mixin GroupSocketOptions session = new GroupSocketOptions();
  @Mixin OutputOption output = new OutputOption();
  @Spec CommandSpec spec = CommandSpec.create();

  private record Row(String trafficClass, String group, List<String> members) {}

  @Override
  public Integer call() throws Exception {
    List<Row> rows = new ArrayList<>();
    try (GroupClient client = session.connect("members")) {
      for (TrafficClass each : TrafficClass.values()) {
        if (trafficClass != null && trafficClass != each) {
          continue;
        }
        List<String> groups = group == null ? client.groups(each) : List.of(group);
        for (String name : groups) {
          List<String> members = client.members(each, name);
          if (!members.isEmpty()) {
            rows.add(new Row(each.name().toLowerCase(Locale.ROOT), name, members));
          }
        }
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    if (output.isJson()) {
      out.println(Json.indented(rows.stream().map(GroupMembersCommand::json).toList()));
    } else {
      print(out, rows);
    }
    out.flush();
    return ExitCode.DONE;
  }

  private void print(PrintWriter out, List<Row> rows) {
    if (rows.isEmpty()) {
      out.println(group == null ? "No group has members." : "Group " + group + " has no members.");
    } else if (group == null) {
      TextTable table = new TextTable("CLASS", "GROUP", "MEMBERS");
      rows.forEach(row -> table.row(row.trafficClass(), row.group(), row.members().size()));
      out.print(table);
    } else {
      TextTable table = new TextTable("CLASS", "MEMBER");
      rows.forEach(row -> row.members().forEach(each -> table.row(row.trafficClass(), each)));
      out.print(table);
    }
  }

  private static Map<String, Object> json(Row row) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("class", row.trafficClass());
    line.put("group", row.group());
    line.put("members", row.members());
    return line;
  }
}
