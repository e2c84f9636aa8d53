package io.euryale.console.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Holds the arrows between modules, and keeps clocks, threads, sockets, files and unseeded
/// randomness out of protocol modules. The second half plants violations and sees that each
/// rule reports them.
class ArchitectureTest {

  private static final String PLANTED = "io.euryale.console.architecture.planted";

  private static JavaClasses production;
  private static JavaClasses planted;

  @BeforeAll
  static void readClassFiles() {
    production =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.euryale");
    planted = new ClassFileImporter().importPackages(PLANTED);
  }

  @Test
  void everyModuleIsRead() {
    assertThat(Rules.ARROWS.keySet())
        .allSatisfy(
            module ->
                assertThat(production)
                    .anyMatch(
                        type ->
                            (type.getPackageName() + ".")
                                .startsWith("io.euryale." + module + ".")));
  }

  @Test
  void everyPackageBelongsToAModule() {
    assertThat(production)
        .allSatisfy(
            type -> assertThat(type.getPackageName().split("\\.")[2]).isIn(Rules.ARROWS.keySet()));
  }

  @TestFactory
  Stream<DynamicTest> arrowsPointDown() {
    return Rules.ARROWS.keySet().stream()
        .map(
            module ->
                DynamicTest.dynamicTest(
                    module,
                    () ->
                        Rules.arrowsPointDown(Rules.packageOf(module), module).check(production)));
  }

  @TestFactory
  Stream<DynamicTest> protocolModulesStandOnNothingButTheirHome() {
    return Rules.PROTOCOL_MODULES.stream()
        .flatMap(
            module ->
                Rules.protocol(Rules.packageOf(module)).stream()
                    .map(
                        rule ->
                            DynamicTest.dynamicTest(
                                module + ": " + rule.getDescription(),
                                () -> rule.check(production))));
  }

  @Test
  void nothingUsesJavaSerialization() {
    Rules.noJavaSerialization("io.euryale..").check(production);
  }

  @Test
  void nothingInstantiatesAClassFromAName() {
    Rules.noClassesByName("io.euryale..").check(production);
  }

  @Test
  void aPlantedUpwardDependencyIsFound() {
    assertThat(violations(Rules.arrowsPointDown(PLANTED + "..", "kernel")))
        .anyMatch(line -> line.contains("UpwardDependency"));
  }

  @Test
  void aPlantedLibraryIsFound() {
    assertThat(violations(Rules.onlyTheJdkAndOurselves(PLANTED + "..")))
        .anyMatch(line -> line.contains("Library"));
  }

  @Test
  void everyPlantedTypeIsFound() {
    assertThat(violations(Rules.noForbiddenTypes(PLANTED + "..")))
        .anyMatch(line -> line.contains("ForbiddenTypes.socket("))
        .anyMatch(line -> line.contains("ForbiddenTypes.channel("))
        .anyMatch(line -> line.contains("ForbiddenTypes.oldFile("))
        .anyMatch(line -> line.contains("ForbiddenTypes.newFile("))
        .anyMatch(line -> line.contains("ForbiddenTypes.thread("))
        .anyMatch(line -> line.contains("ForbiddenTypes.lock("))
        .anyMatch(line -> line.contains("ForbiddenTypes.executor("));
  }

  @Test
  void everyPlantedCallIsFoundAndSeededRandomnessIsNot() {
    assertThat(violations(Rules.noForbiddenCalls(PLANTED + "..")))
        .anyMatch(line -> line.contains("ForbiddenCalls.nanoTime("))
        .anyMatch(line -> line.contains("ForbiddenCalls.wallClock("))
        .anyMatch(line -> line.contains("ForbiddenCalls.instant("))
        .anyMatch(line -> line.contains("ForbiddenCalls.mathRandom("))
        .anyMatch(line -> line.contains("ForbiddenCalls.unseeded("))
        .anyMatch(line -> line.contains("ForbiddenCalls.uuid("))
        .anyMatch(line -> line.contains("ForbiddenCalls.shuffle("))
        .noneMatch(line -> line.contains("ForbiddenCalls.seeded("));
  }

  @Test
  void plantedMethodReferencesAreFound() {
    assertThat(violations(Rules.noForbiddenCalls(PLANTED + "..")))
        .anyMatch(line -> line.contains("ForbiddenCalls.clockReference("));
  }

  @Test
  void aPlantedSynchronizedMethodIsFound() {
    assertThat(violations(Rules.noSynchronizedMethods(PLANTED + "..")))
        .anyMatch(line -> line.contains("ForbiddenTypes.monitor("));
  }

  @Test
  void plantedSerializationAndReflectionAreFound() {
    assertThat(violations(Rules.noJavaSerialization(PLANTED + "..")))
        .anyMatch(line -> line.contains("Reflection.deserialize("));
    assertThat(violations(Rules.noClassesByName(PLANTED + "..")))
        .anyMatch(line -> line.contains("Reflection.byName("));
  }

  private static List<String> violations(ArchRule rule) {
    return rule.evaluate(planted).getFailureReport().getDetails();
  }
}
