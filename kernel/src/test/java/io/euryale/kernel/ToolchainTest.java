package io.euryale.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Proves that the compiler checks, the test engine and the formatter take Java 25 as this project
/// writes it.
class ToolchainTest {

  sealed interface Shape permits Circle, Rectangle {}

  record Circle(double radius) implements Shape {}

  record Rectangle(double width, double height) implements Shape {}

  private static boolean isWide(Shape shape) {
    return switch (shape) {
      case Circle _ -> false;
      case Rectangle(double width, _) when width > 100 -> true;
      case Rectangle _ -> false;
    };
  }

  @Test
  void sealedTypesRecordsAndUnnamedPatternsWork() {
    assertThat(isWide(new Circle(500))).isFalse();
    assertThat(isWide(new Rectangle(101, 1))).isTrue();
    assertThat(isWide(new Rectangle(1, 101))).isFalse();
  }

  @Test
  void classFilesAreJava25() throws Exception {
    try (var in = ToolchainTest.class.getResourceAsStream("ToolchainTest.class")) {
      assertThat(in).isNotNull();
      byte[] head = in.readNBytes(8);
      assertThat(((head[6] & 0xff) << 8) | (head[7] & 0xff)).isEqualTo(69);
    }
  }
}
