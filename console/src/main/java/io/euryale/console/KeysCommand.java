package io.euryale.console;

import io.euryale.kernel.PeerName;
import io.euryale.platform.PlatformException;
import io.euryale.platform.keys.CertificateAuthority;
import io.euryale.platform.keys.Certificates;
import io.euryale.platform.keys.Credentials;
import io.euryale.platform.keys.KeyFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `euryale keys`: certificates for peers, sensors and clients.
@Command(
    name = "keys",
    header = "Make, renew and look at the certificates of peers, sensors and clients.",
    description = {
      "A directory of keys holds ca.key and ca.crt, the authority, and NAME.key and NAME.crt for"
          + " each name. A process needs NAME.key, NAME.crt and ca.crt, and finds them with --keys"
          + " DIR; ca.key stays where certificates are made. Files of another authority do as"
          + " well: PEM, keys in PKCS#8. See docs/keys.md.",
      "Running processes read changed files by themselves, within seconds."
    },
    subcommands = {
      KeysCommand.Init.class,
      KeysCommand.Issue.class,
      KeysCommand.Rotate.class,
      KeysCommand.Show.class
    })
final class KeysCommand {

  private static final String SUFFIX = ".crt";
  private static final int MOST_DAYS = 3650;

  private KeysCommand() {}

  /// Which directory, and how to print.
  static final class Place {
    @Option(
        names = "--directory",
        paramLabel = "DIR",
        defaultValue = "keys",
        description = "The directory of keys (default: ${DEFAULT-VALUE}).")
    Path directory = Path.of("keys");

    @Mixin OutputOption output = new OutputOption();

    void print(CommandSpec spec, List<Path> files) {
      PrintWriter out = spec.commandLine().getOut();
      if (output.isJson()) {
        out.println(Json.line(Map.of("files", files.stream().map(Path::toString).toList())));
      } else {
        files.forEach(out::println);
      }
      out.flush();
    }
  }

  private static List<PeerName> names(List<String> texts) {
    if (new LinkedHashSet<>(texts).size() < texts.size()) {
      throw CommandException.usage("A name is given twice: each has one key.");
    }
    List<PeerName> names = new ArrayList<>();
    for (String text : texts) {
      if (!PeerName.isValid(text)) {
        throw CommandException.usage(
            "'"
                + text
                + "' cannot be the name of a peer, sensor or client: use 1 to 64 letters, digits,"
                + " '.', '_' or '-', a letter or digit first.");
      }
      names.add(new PeerName(text));
    }
    return names;
  }

  private static Duration life(int days) {
    if (days < 1 || days > MOST_DAYS) {
      throw CommandException.usage("--days is 1 to " + MOST_DAYS + ", not " + days + ".");
    }
    return Duration.ofDays(days);
  }

  private static List<Path> issue(
      CertificateAuthority authority, Path directory, List<PeerName> names, Duration life) {
    List<Path> files = new ArrayList<>();
    for (PeerName name : names) {
      X509Certificate _ = authority.issue(name, Instant.now(), life);
      files.add(KeyFiles.keyFile(directory, name.value()));
      files.add(KeyFiles.certificateFile(directory, name.value()));
    }
    return files;
  }

  /// Names that have a certificate in a directory, in order; the authority is not one.
  private static List<String> certified(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw CommandException.usage(
          "There is no directory '" + directory + "': 'euryale keys init' makes one.");
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(SUFFIX))
          .map(file -> file.substring(0, file.length() - SUFFIX.length()))
          .filter(name -> !name.equals(KeyFiles.AUTHORITY))
          .sorted()
          .toList();
    }
  }

  /// `euryale keys init`: a new authority.
  @Command(
      name = "init",
      header = "Make an authority: ca.key and ca.crt.",
      description =
          "Lasts ten years. Keep ca.key where certificates are made, and nowhere else: whoever has"
              + " it can be anybody. Files that exist are never replaced.",
      footer = {"", "Example: euryale keys init --directory keys"})
  static final class Init implements Callable<Integer> {
    @Mixin Place place = new Place();
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      CertificateAuthority _ = CertificateAuthority.create(place.directory, Instant.now());
      place.print(
          spec,
          List.of(
              KeyFiles.keyFile(place.directory, KeyFiles.AUTHORITY),
              KeyFiles.certificateFile(place.directory, KeyFiles.AUTHORITY)));
      return ExitCode.DONE;
    }
  }

  /// `euryale keys issue`: keys and certificates for new names.
  @Command(
      name = "issue",
      header = "Make NAME.key and NAME.crt for each peer, sensor or client.",
      description =
          "Bring both, and ca.crt, to the machine of NAME, and keep no copy of the key. Names that"
              + " have files already are refused: 'euryale keys rotate' replaces them.",
      footer = {"", "Example: euryale keys issue --directory keys trindade bolhao door-7"})
  static final class Issue implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "NAME", description = "Names to make keys for.")
    List<String> names = new ArrayList<>();

    @Option(
        names = "--days",
        paramLabel = "N",
        defaultValue = "365",
        description = "How long they last (default: ${DEFAULT-VALUE}).")
    int days = 365;

    @Mixin Place place = new Place();
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      List<PeerName> all = names(names);
      for (PeerName name : all) {
        for (Path file :
            List.of(
                KeyFiles.keyFile(place.directory, name.value()),
                KeyFiles.certificateFile(place.directory, name.value()))) {
          if (Files.exists(file) && !name.value().equals(KeyFiles.AUTHORITY)) {
            throw CommandException.usage(
                "'" + file + "' is there already: 'euryale keys rotate " + name + "' replaces it.");
          }
        }
      }
      Duration life = life(days);
      CertificateAuthority authority = CertificateAuthority.open(place.directory);
      place.print(spec, issue(authority, place.directory, all, life));
      return ExitCode.DONE;
    }
  }

  /// `euryale keys rotate`: new ones for old ones.
  @Command(
      name = "rotate",
      header = "Replace keys and certificates, or the authority itself.",
      description = {
        "With names, or --all: makes new keys and certificates for them. Where the files are those"
            + " of a running process, it takes them up within seconds; nothing on its links is"
            + " lost.",
        "An authority is replaced in three steps, each brought to every machine before the next:"
            + " --new-ca (ca.crt now trusts both), then --all (certificates of the new one), then"
            + " --drop-old-ca (ca.crt trusts the new one only)."
      },
      footer = {"", "Example: euryale keys rotate --directory keys --all"})
  static final class Rotate implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "NAME", description = "Names to make new keys for.")
    List<String> names = new ArrayList<>();

    @Option(names = "--all", description = "All names that have files.")
    boolean all;

    @Option(names = "--new-ca", description = "Make a new authority beside the old one.")
    boolean newAuthority;

    @Option(names = "--drop-old-ca", description = "Trust the newest authority only.")
    boolean dropOld;

    @Option(
        names = "--days",
        paramLabel = "N",
        defaultValue = "365",
        description = "How long new certificates last (default: ${DEFAULT-VALUE}).")
    int days = 365;

    @Mixin Place place = new Place();
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
      boolean some = all || !names.isEmpty();
      int steps = (some ? 1 : 0) + (newAuthority ? 1 : 0) + (dropOld ? 1 : 0);
      if (steps != 1 || (all && !names.isEmpty())) {
        throw CommandException.usage(
            "Say what to replace: names, --all, --new-ca or --drop-old-ca, one of them at a time.");
      }
      List<String> known = certified(place.directory);
      CertificateAuthority authority = CertificateAuthority.open(place.directory);
      Path trusted = KeyFiles.certificateFile(place.directory, KeyFiles.AUTHORITY);
      if (newAuthority) {
        CertificateAuthority _ = authority.renewed(Instant.now());
        place.print(spec, List.of(KeyFiles.keyFile(place.directory, KeyFiles.AUTHORITY), trusted));
      } else if (dropOld) {
        requireIssuedBy(authority.certificate(), known);
        authority.dropOthers();
        place.print(spec, List.of(trusted));
      } else {
        List<PeerName> chosen = names(all ? known : names);
        for (PeerName name : chosen) {
          if (!known.contains(name.value())) {
            throw CommandException.usage(
                name
                    + " has no certificate in '"
                    + place.directory
                    + "': 'euryale keys issue "
                    + name
                    + "' makes one.");
          }
        }
        place.print(spec, issue(authority, place.directory, chosen, life(days)));
      }
      return ExitCode.DONE;
    }

    /// Certificates that stand on an old authority would be worth nothing without it.
    private void requireIssuedBy(X509Certificate authority, List<String> known) {
      List<String> old = new ArrayList<>();
      for (String name : known) {
        X509Certificate own =
            KeyFiles.certificates(KeyFiles.certificateFile(place.directory, name)).getFirst();
        if (!own.getIssuerX500Principal().equals(authority.getSubjectX500Principal())) {
          old.add(name);
        }
      }
      if (!old.isEmpty()) {
        throw CommandException.usage(
            "These certificates are of the old authority: "
                + String.join(", ", old)
                + ". 'euryale keys rotate --all' makes new ones.");
      }
    }
  }

  /// `euryale keys show`: what there is, and how long it lasts.
  @Command(
      name = "show",
      header = "Print the certificates of a directory, and what is wrong with them.",
      description =
          "Exit code 1 means that some cannot be used: expired, of an authority that is not"
              + " trusted, with a key of another certificate or one that others may read.",
      footer = {"", "Example: euryale keys show --directory keys"})
  static final class Show implements Callable<Integer> {
    @Mixin Place place = new Place();
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
      Instant now = Instant.now();
      List<Map<String, Object>> lines = new ArrayList<>();
      List<String> known = certified(place.directory);
      Path trusted = KeyFiles.certificateFile(place.directory, KeyFiles.AUTHORITY);
      for (X509Certificate authority : KeyFiles.certificates(trusted)) {
        lines.add(line(KeyFiles.AUTHORITY, authority, authorityNote(authority, now)));
      }
      boolean usable = true;
      for (String name : known) {
        String problem = problem(name, now);
        usable &= problem.isEmpty();
        lines.add(certificateLine(name, problem, now));
      }
      PrintWriter out = spec.commandLine().getOut();
      if (place.output.isJson()) {
        lines.forEach(line -> out.println(Json.line(line)));
      } else {
        TextTable table = new TextTable("name", "expires", "fingerprint", "note");
        for (Map<String, Object> line : lines) {
          String fingerprint = String.valueOf(line.get("fingerprint"));
          table.row(
              line.getOrDefault("name", ""),
              line.getOrDefault("expires", "-"),
              fingerprint.isEmpty() ? "-" : fingerprint.substring(0, 16),
              line.getOrDefault("note", ""));
        }
        out.print(table);
      }
      out.flush();
      return usable ? ExitCode.DONE : ExitCode.MISSED;
    }

    private static String authorityNote(X509Certificate authority, Instant now) {
      return now.isAfter(Certificates.warnFrom(authority))
          ? Certificates.end(authority, now)
          : "trusted: " + authority.getSubjectX500Principal().getName();
    }

    private String problem(String name, Instant now) {
      if (!PeerName.isValid(name)) {
        return "No peer, sensor or client can have this name.";
      }
      if (!Files.exists(KeyFiles.keyFile(place.directory, name))) {
        return ""; // The key is where it belongs: with its process.
      }
      try {
        Credentials _ = Credentials.load(place.directory, new PeerName(name), now);
        return "";
      } catch (PlatformException e) {
        return String.valueOf(e.getMessage());
      }
    }

    private Map<String, Object> certificateLine(String name, String problem, Instant now) {
      try {
        X509Certificate own =
            KeyFiles.certificates(KeyFiles.certificateFile(place.directory, name)).getFirst();
        String soon = now.isAfter(Certificates.warnFrom(own)) ? Certificates.end(own, now) : "";
        return line(name, own, problem.isEmpty() ? soon : problem);
      } catch (PlatformException e) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("name", name);
        line.put("expires", "-");
        line.put("fingerprint", "");
        line.put("note", String.valueOf(e.getMessage()));
        return line;
      }
    }

    private static Map<String, Object> line(String name, X509Certificate certificate, String note) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("name", name);
      line.put("expires", certificate.getNotAfter().toInstant().toString());
      line.put("fingerprint", Certificates.fingerprint(certificate));
      line.put("names", Certificates.names(certificate));
      line.put("issuer", certificate.getIssuerX500Principal().getName());
      line.put("note", note);
      return line;
    }
  }
}
