package io.euryale.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Each page of the documentation names the tests that show what it claims, and they are there.
class ClaimsTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern NAME = Pattern.compile("`([A-Z][A-Za-z0-9]*Test)`");

  /// Numbers have no tests; they have the command that measures them.
  private static final Set<String> NUMBERS = Set.of("performance.md", "performance-group.md");

  private static List<Path> pages() throws IOException {
    try (Stream<Path> pages = Files.list(ROOT.resolve("docs"))) {
      return pages.filter(each -> each.toString().endsWith(".md")).sorted().toList();
    }
  }

  private static Set<String> tests() throws IOException {
    Set<String> names = new TreeSet<>();
    List<Path> modules = new ArrayList<>();
    try (Stream<Path> folders = Files.find(ROOT, 2, (path, _) -> isModule(path))) {
      folders.forEach(modules::add);
    }
    for (Path module : modules) {
      try (Stream<Path> files = Files.walk(module.resolve("src/test/java"))) {
        files
            .map(each -> each.getFileName().toString())
            .filter(each -> each.endsWith("Test.java"))
            .forEach(each -> names.add(each.substring(0, each.length() - ".java".length())));
      }
    }
    return names;
  }

  private static boolean isModule(Path path) {
    return Files.isDirectory(path.resolve("src/test/java"));
  }

  @Test
  void everyPageNamesItsTests() throws IOException {
    for (Path page : pages()) {
      if (!NUMBERS.contains(page.getFileName().toString())) {
        String text = Files.readString(page);
        int table = text.indexOf("\n## What is tested\n");
        assertThat(table).as("the table of %s", page.getFileName()).isPositive();
        assertThat(NAME.matcher(text.substring(table)).results()).isNotEmpty();
      }
    }
  }

  @Test
  void everyTestThatIsNamedIsThere() throws IOException {
    Set<String> known = tests();
    assertThat(known).contains("ClaimsTest");
    for (Path page : pages()) {
      Matcher named = NAME.matcher(Files.readString(page));
      while (named.find()) {
        assertThat(known).as("%s names it", page.getFileName()).contains(named.group(1));
      }
    }
  }
}
