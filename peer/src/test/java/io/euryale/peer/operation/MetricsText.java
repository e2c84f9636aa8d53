package io.euryale.peer.operation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads a page as Prometheus does, and objects to what its format or its customs do not allow.
final class MetricsText {

  private static final Pattern SAMPLE =
      Pattern.compile(
          "([a-z][a-z0-9_]*)(\\{[a-z]+=\"([^\"\\\\\n]|\\\\[\\\\\"n])*\""
              + "(,[a-z]+=\"([^\"\\\\\n]|\\\\[\\\\\"n])*\")*})?"
              + " (NaN|[+-]Inf|-?[0-9.]+(E-?[0-9]+)?)");

  private final List<String> samples = new ArrayList<>();

  MetricsText(String page) {
    assertThat(page).endsWith("\n");
    Set<String> families = new HashSet<>();
    Set<String> seen = new HashSet<>();
    String family = "";
    String help = "";
    for (String line : page.split("\n")) {
      if (line.startsWith("# HELP ")) {
        help = line.split(" ", 4)[2];
        assertThat(families.add(help)).as("a family stands once: " + line).isTrue();
        assertThat(line.split(" ", 4)[3]).as("a sentence: " + line).endsWith(".");
      } else if (line.startsWith("# TYPE ")) {
        family = line.split(" ")[2];
        assertThat(family).as("the type follows the help").isEqualTo(help);
        assertThat(line.split(" ")[3]).isIn("counter", "gauge");
        assertThat(line.endsWith(" counter")).as(line).isEqualTo(family.endsWith("_total"));
      } else {
        Matcher sample = SAMPLE.matcher(line);
        assertThat(sample.matches()).as("a sample: " + line).isTrue();
        assertThat(sample.group(1)).as("under its family").isEqualTo(family);
        assertThat(seen.add(line.substring(0, line.lastIndexOf(' ')))).as(line).isTrue();
        samples.add(line);
      }
    }
  }

  List<String> samples() {
    return samples;
  }

  /// The value of a sample, labels included.
  double value(String sample) {
    List<String> found = samples.stream().filter(one -> one.startsWith(sample + " ")).toList();
    assertThat(found).as(sample).hasSize(1);
    return Double.parseDouble(found.getFirst().substring(sample.length() + 1));
  }
}
