package io.euryale.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class JavaCommandTest {

  @Test
  void another_jvm_is_started_as_this_one_with_flags_and_arguments_of_its_own() throws Exception {
    assertThat(
            run(
                JavaCommand.of(
                    List.of("-Dcolour=blue"), Echo.class.getName(), List.of("a b", "c"))))
        .isEqualTo("blue a b,c " + System.getProperty("java.version"));
  }

  /// A grandchild has what the child was started with: no cache is there, which is no error.
  @Test
  void the_cache_of_classes_is_handed_on() throws Exception {
    List<String> none = JavaCommand.of(List.of(), Echo.class.getName(), List.of());
    assertThat(none).noneMatch(word -> word.startsWith("-XX:AOTCache="));
    List<String> inherited =
        JavaCommand.of(
            List.of("-XX:AOTCache=none", "-Xlog:aot*=off"), Cached.class.getName(), List.of());
    assertThat(run(inherited)).contains("-XX:AOTCache=none, -Xlog:aot*=off, ");
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  /// Says with what it was started.
  static final class Echo {
    public static void main(String[] arguments) {
      System.out.print(
          System.getProperty("colour")
              + " "
              + String.join(",", arguments)
              + " "
              + System.getProperty("java.version"));
    }
  }

  /// Says with what it would start another one.
  static final class Cached {
    public static void main(String[] arguments) {
      System.out.print(JavaCommand.of(List.of(), Echo.class.getName(), List.of()));
    }
  }
}
