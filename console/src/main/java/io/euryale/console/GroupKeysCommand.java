package io.euryale.console;

import io.euryale.kernel.PeerName;
import io.euryale.peer.group.GroupKeys;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `euryale group keys`: makes key files.
@Command(
    name = "keys",
    header = "Make a key file for each member of a group overlay.",
    description = {
      "Writes NAME.keys for each peer: its own private key, and the public keys of all. Only the"
          + " owner may read the files. Move each to its machine and keep no copy.",
      "Files that exist are never replaced."
    },
    footer = {"", "Example: euryale group keys --directory keys a b c"})
final class GroupKeysCommand implements Callable<Integer> {

  @Parameters(arity = "1..*", paramLabel = "NAME", description = "Names of all peers.")
  List<String> names = new ArrayList<>();

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Where to write; made if need be (default: the current directory).")
  Path directory = Path.of(".");

  @Mixin OutputOption output = new OutputOption();
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    if (new LinkedHashSet<>(names).size() < names.size()) {
      throw CommandException.usage("A name is given twice: each peer has one key file.");
    }
    for (String name : names) {
      if (!PeerName.isValid(name)) {
        throw CommandException.usage(
            "'"
                + name
                + "' cannot be the name of a peer: use 1 to 64 letters, digits, '.', '_' or '-', a"
                + " letter or digit first.");
      }
    }
    List<Path> files = GroupKeys.generate(directory, names.stream().map(PeerName::new).toList());
    PrintWriter out = spec.commandLine().getOut();
    if (output.isJson()) {
      out.println(Json.line(Map.of("files", files.stream().map(Path::toString).toList())));
    } else {
      files.forEach(out::println);
    }
    out.flush();
    return ExitCode.DONE;
  }
}
