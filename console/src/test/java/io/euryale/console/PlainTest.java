package io.euryale.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlainTest {

  private static final String RED = "\u001B[31m";
  private static final String TITLE = "\u001B]0;owned\u0007";

  @Test
  void nothingThatSteersATerminalIsPrinted() {
    String hostile = RED + TITLE + "\u009B2J\u007F\r\n\tline";
    assertThat(Plain.text(hostile))
        .doesNotContain("\u001B", "\u0007", "\u009B", "\u007F", "\r", "\n", "\t")
        .endsWith("line");
  }

  @Test
  void nothingTurnsTheDirectionOfWhatIsRead() {
    for (char mark : "\u061C\u200E\u200F\u2028\u2029\u202A\u202E\u2066\u2069".toCharArray()) {
      assertThat(Plain.text("peer" + mark + "1")).isEqualTo("peer\uFFFD1");
    }
  }

  @Test
  void namesOfAllLanguagesArePrintedAsTheyAre() {
    for (String name :
        new String[] {"Trindade", "estação São Bento", "駅", "تراموا", "🚋 1", "$(rm -rf /)"}) {
      assertThat(Plain.text(name)).isEqualTo(name);
    }
  }

  @Test
  void tablesArePlain() {
    TextTable table = new TextTable("NAME", "ADDRESS");
    table.row("door" + RED, "host\u202Etxt.exe:1");
    assertThat(table.toString()).doesNotContain("\u001B", "\u202E").contains("door\uFFFD[31m");
  }
}
