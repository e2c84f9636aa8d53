package io.euryale.console;

import com.fasterxml.jackson.databind.JsonNode;
import io.euryale.client.GroupClient;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `euryale group primary`: whether the peer is in the primary component.
@Command(
    name = "primary",
    header = "Say whether the peer is in the primary component.",
    description = {
      "Prints its number and members, or why there is none here. Exit code 0 when there is one, 1"
          + " when there is none.",
      "A peer that was cut off a moment ago may still say yes; nothing it sends becomes safe then."
    },
    footer = {"", "Example: euryale group primary --socket /var/tmp/a.sock"})
final class GroupPrimaryCommand implements Callable<Integer> {

  @Mixin GroupSocketOptions session = new GroupSocketOptions();
  @Mixin OutputOption output = new OutputOption();
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    JsonNode status;
    try (GroupClient client = session.connect("primary")) {
      status = GroupWatch.parse(client.status());
    }
    boolean isPrimary = status.path("isPrimary").asBoolean();
    PrintWriter out = spec.commandLine().getOut();
    if (output.isJson()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("primary", isPrimary);
      line.put("index", status.path("primaryIndex").asLong());
      line.put("members", GroupWatch.texts(status.path("configuration").path("members")));
      line.put("why", status.path("verdict").asText());
      out.println(Json.line(line));
    } else {
      out.println("primary " + GroupWatch.primary(status));
    }
    out.flush();
    return isPrimary ? ExitCode.DONE : ExitCode.MISSED;
  }
}
