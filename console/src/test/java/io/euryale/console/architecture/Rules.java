package io.euryale.console.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The build's architecture rules, as functions of the packages they are put to, so that
/// planted violations can be put to them as well.
final class Rules {

  /// Each module's package below `io.euryale` and the modules it names in its `pom.xml`.
  static final Map<String, List<String>> ARROWS = new LinkedHashMap<>();

  static {
    ARROWS.put("kernel", List.of());
    ARROWS.put("simulation", List.of("kernel"));
    ARROWS.put("platform", List.of("kernel"));
    ARROWS.put("overlay", List.of("kernel"));
    ARROWS.put("service", List.of("kernel", "overlay", "group", "link"));
    ARROWS.put("link", List.of("kernel"));
    ARROWS.put("group", List.of("kernel", "link"));
    ARROWS.put("client", List.of());
    ARROWS.put("peer", List.of("platform", "overlay", "service", "group", "client"));
    ARROWS.put("lab", List.of("simulation", "overlay", "service", "group", "peer"));
    ARROWS.put("dashboard", List.of("kernel", "peer"));
    ARROWS.put("lighttrain", List.of("kernel", "peer", "dashboard"));
    ARROWS.put("counter", List.of("client"));
    ARROWS.put("bench", List.of("peer", "lighttrain"));
    ARROWS.put("console", List.of("simulation", "lab", "bench", "counter"));
  }

  /// The modules whose code runs unchanged on the real and on the virtual Environment.
  static final List<String> PROTOCOL_MODULES =
      List.of("kernel", "overlay", "service", "link", "group");

  private static final Set<String> BANNED_TYPES =
      Set.of(
          "java.lang.Thread",
          "java.lang.ThreadLocal",
          "java.lang.ProcessBuilder",
          "java.lang.Runtime",
          "java.util.Timer",
          "java.util.concurrent.ThreadLocalRandom",
          "java.security.SecureRandom");

  private static final Set<String> BANNED_CALLS =
      Set.of(
          "java.lang.System.nanoTime",
          "java.lang.System.currentTimeMillis",
          "java.lang.Math.random",
          "java.lang.StrictMath.random",
          "java.util.UUID.randomUUID",
          "java.util.random.RandomGenerator.getDefault",
          "java.util.random.RandomGenerator.of");

  private static final Set<String> RANDOM_TYPES =
      Set.of("java.util.Random", "java.util.SplittableRandom");

  private Rules() {}

  static String packageOf(String module) {
    return "io.euryale." + module + "..";
  }

  /// Everything `module` may use, its own package included.
  static Set<String> below(String module) {
    Set<String> reached = new TreeSet<>();
    reached.add(module);
    ARROWS.get(module).forEach(next -> reached.addAll(below(next)));
    return reached;
  }

  static ArchRule arrowsPointDown(String fromPackage, String module) {
    String[] above =
        ARROWS.keySet().stream()
            .filter(other -> !below(module).contains(other))
            .map(Rules::packageOf)
            .toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage(fromPackage)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(above)
        .as("what " + module + " uses lies below it")
        .allowEmptyShould(true);
  }

  static ArchRule onlyTheJdkAndOurselves(String... packages) {
    return noClasses()
        .that()
        .resideInAnyPackage(packages)
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages("java..", "javax.crypto..", "org.jspecify..", "io.euryale..")
        .as("protocol modules need no library")
        .allowEmptyShould(true);
  }

  static ArchRule noForbiddenTypes(String... packages) {
    return noClasses()
        .that()
        .resideInAnyPackage(packages)
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe("touch sockets, files, threads or locks", Rules::isBanned))
        .as("protocol modules do no I/O and own no thread or lock")
        .allowEmptyShould(true);
  }

  static ArchRule noForbiddenCalls(String... packages) {
    return noClasses()
        .that()
        .resideInAnyPackage(packages)
        .should()
        .accessTargetWhere(
            DescribedPredicate.describe("reads a clock or unseeded randomness", Rules::isBanned))
        .as("protocol modules read no clock and draw no unseeded randomness")
        .allowEmptyShould(true);
  }

  static ArchRule noSynchronizedMethods(String... packages) {
    return noMethods()
        .that()
        .areDeclaredInClassesThat()
        .resideInAnyPackage(packages)
        .should()
        .haveModifier(JavaModifier.SYNCHRONIZED)
        .as("protocol modules have one owner thread and no synchronized methods")
        .allowEmptyShould(true);
  }

  static ArchRule noJavaSerialization(String... packages) {
    return noClasses()
        .that()
        .resideInAnyPackage(packages)
        .should()
        .dependOnClassesThat()
        .haveNameMatching("java\\.io\\.Object(In|Out)putStream.*")
        .as("nothing uses Java serialization")
        .allowEmptyShould(true);
  }

  static ArchRule noClassesByName(String... packages) {
    return noClasses()
        .that()
        .resideInAnyPackage(packages)
        .should()
        .accessTargetWhere(
            DescribedPredicate.describe(
                "looks a class up by name",
                access ->
                    isMember(access, "java.lang.Class", "forName")
                        || isMember(access, "java.lang.ClassLoader", "loadClass")))
        .as("nothing instantiates a class from a name")
        .allowEmptyShould(true);
  }

  /// All rules for protocol modules.
  static List<ArchRule> protocol(String... packages) {
    return List.of(
        onlyTheJdkAndOurselves(packages),
        noForbiddenTypes(packages),
        noForbiddenCalls(packages),
        noSynchronizedMethods(packages));
  }

  private static boolean isMember(JavaAccess<?> access, String owner, String name) {
    return access.getTargetOwner().getName().equals(owner) && access.getName().equals(name);
  }

  private static boolean isBanned(JavaClass type) {
    String name = type.getName();
    String inPackage = type.getPackageName();
    return BANNED_TYPES.contains(name)
        || inPackage.equals("java.net")
        || inPackage.startsWith("java.nio.channels")
        || inPackage.startsWith("java.nio.file")
        || name.startsWith("java.io.File")
        || name.equals("java.io.RandomAccessFile")
        || (inPackage.startsWith("java.util.concurrent")
            && !name.startsWith("java.util.concurrent.TimeUnit"));
  }

  private static boolean isBanned(JavaAccess<?> access) {
    String owner = access.getTargetOwner().getName();
    if (BANNED_CALLS.contains(owner + "." + access.getName())) {
      return true;
    }
    if (owner.startsWith("java.time.")
        && (access.getName().equals("now") || access.getName().startsWith("system"))) {
      return true;
    }
    if (!(access.getTarget() instanceof CodeUnitCallTarget target)) {
      return false;
    }
    int parameters = target.getRawParameterTypes().size();
    return (RANDOM_TYPES.contains(owner) && access.getName().equals("<init>") && parameters == 0)
        || (owner.equals("java.util.Collections")
            && access.getName().equals("shuffle")
            && parameters == 1);
  }
}
