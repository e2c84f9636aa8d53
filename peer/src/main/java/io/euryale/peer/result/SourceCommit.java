package io.euryale.peer.result;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which commit of the sources is checked out, read from the repository's own files so that no
/// git program is needed.
final class SourceCommit {

  /// The commit when there is no repository to ask, as in an installed copy.
  static final String UNKNOWN = "unknown";

  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

  private SourceCommit() {}

  /// The commit checked out in `home`, or [#UNKNOWN].
  ///
  /// @param home the root of the repository, which the launcher gives in `EURYALE_HOME`; or null
  static String of(@Nullable String home) {
    if (home == null || home.isEmpty()) {
      return UNKNOWN;
    }
    try {
      return read(Path.of(home, ".git"));
    } catch (IOException | RuntimeException _) {
      return UNKNOWN;
    }
  }

  private static String read(Path dotGit) throws IOException {
    Path git = dotGit;
    if (Files.isRegularFile(dotGit)) { // A worktree: the file names its own folder.
      String pointer = Files.readString(dotGit).strip();
      git = dotGit.resolveSibling(pointer.substring("gitdir:".length()).strip());
    }
    String head = Files.readString(git.resolve("HEAD")).strip();
    if (!head.startsWith("ref:")) {
      return commit(head);
    }
    String ref = head.substring("ref:".length()).strip();
    Path common = git;
    if (Files.isRegularFile(git.resolve("commondir"))) {
      common = git.resolve(Files.readString(git.resolve("commondir")).strip());
    }
    if (Files.isRegularFile(common.resolve(ref))) {
      return commit(Files.readString(common.resolve(ref)).strip());
    }
    for (String line : Files.readAllLines(common.resolve("packed-refs"))) {
      if (line.endsWith(" " + ref)) {
        return commit(line.substring(0, line.indexOf(' ')));
      }
    }
    return UNKNOWN;
  }

  private static String commit(String text) {
    return COMMIT.matcher(text).matches() ? text : UNKNOWN;
  }
}
