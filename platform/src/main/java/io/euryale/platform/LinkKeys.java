package io.euryale.platform;

import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import io.euryale.platform.keys.Certificates;
import io.euryale.platform.keys.Credentials;
import io.euryale.platform.keys.KeyFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The keys of one peer, sensor or client for all its links, as they are now.
///
/// The files are read again when they change, within seconds, and at [#reload]. New links use the
/// new keys. Links that are up stay up, so nothing on them is lost, unless the certificate of the
/// other side would not be believed any more: those end, and are dialled anew.
///
/// Refused links are written to the [Audit], certificates that are about to end to the log. Any
/// thread.
public final class LinkKeys implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LinkKeys.class);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration WARN_AGAIN = Duration.ofDays(1);

  private final Path directory;
  private final PeerName name;
  private final List<Path> files;
  private final Audit audit = new Audit();
  private final PerAddress strangers = new PerAddress();
  private final Set<NettyHome> homes = ConcurrentHashMap.newKeySet();
  private final Thread watch;
  private volatile Credentials current;
  private volatile String problem = "";
  private List<String> seen;
  private String said = "";
  private boolean failing;

  private LinkKeys(Path directory, PeerName name) {
    this.directory = directory;
    this.name = name;
    this.files =
        List.of(
            KeyFiles.keyFile(directory, name.value()),
            KeyFiles.certificateFile(directory, name.value()),
            KeyFiles.certificateFile(directory, KeyFiles.AUTHORITY));
    this.seen = stamps();
    this.current = Credentials.load(directory, name, Instant.now());
    this.watch = Thread.ofVirtual().name("euryale-keys-" + name).unstarted(this::watch);
  }

  /// Reads the files of a name and watches them.
  ///
  /// @param directory with `NAME.key`, `NAME.crt` and `ca.crt`
  /// @throws PlatformException when they cannot be used; the sentence says why
  public static LinkKeys open(Path directory, PeerName name) {
    LinkKeys keys = new LinkKeys(directory, name);
    keys.watch.start();
    return keys;
  }

  /// Connections by address that have not proved their name, of all classes.
  PerAddress strangers() {
    return strangers;
  }

  Credentials current() {
    return current;
  }

  void enrol(NettyHome home) {
    homes.add(home);
  }

  void dismiss(NettyHome home) {
    homes.remove(home);
  }

  /// Reads the files again, now. Links whose other side is not believed any more end soon after.
  ///
  /// @throws PlatformException when they cannot be used; the keys stay as they are then
  public void reload() {
    Credentials fresh;
    synchronized (files) { // An older reading must not replace a newer one.
      try {
        fresh = Credentials.load(directory, name, Instant.now());
      } catch (PlatformException e) {
        problem = String.valueOf(e.getMessage());
        throw e;
      }
      problem = "";
      current = fresh;
    }
    homes.forEach(home -> home.recheck(fresh));
    LOG.info("{} has new keys: {}", name, Certificates.fingerprint(fresh.certificate()));
  }

  /// The certificate in use.
  public X509Certificate certificate() {
    return current.certificate();
  }

  /// What is wrong or soon will be, a sentence each: the files could not be read again, a
  /// certificate is about to end.
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>(current.warnings(Instant.now()));
    if (!problem.isEmpty()) {
      warnings.addFirst(problem + " The keys from before are still in use.");
    }
    return List.copyOf(warnings);
  }

  /// Why a link was refused last; "" when none was.
  public String lastRefusal() {
    return audit.last();
  }

  /// Stops watching the files.
  @Override
  public void close() {
    watch.interrupt();
  }

  // ---------------------------------------------------------------- refusals

  void audit(
      Rejection reason,
      TrafficClass trafficClass,
      boolean dialled,
      String address,
      List<X509Certificate> chain,
      String detail) {
    String who = chain.isEmpty() ? "" : ", certified as " + Certificates.names(chain.getFirst());
    String sentence =
        trafficClass.label()
            + " link "
            + (dialled ? "to " : "from ")
            + address
            + who
            + ": "
            + reason.text()
            + detail;
    audit.refused(name.value(), sentence);
  }

  // ---------------------------------------------------------------- watching

  private void watch() {
    Instant warnAgain = Instant.MIN;
    try {
      while (true) {
        if (Instant.now().isAfter(warnAgain)) {
          current.warnings(Instant.now()).forEach(warning -> LOG.warn("{}: {}", name, warning));
          warnAgain = Instant.now().plus(WARN_AGAIN);
        }
        Thread.sleep(LOOK);
        if (look()) {
          warnAgain = Instant.MIN;
        }
      }
    } catch (InterruptedException _) {
      // Closed.
    }
  }

  /// Reads the files if they changed, or could not be read before: what mends them need not change
  /// them, as rights to them and time do not.
  ///
  /// @return whether there are new keys
  synchronized boolean look() {
    List<String> found = stamps();
    if (!failing && found.equals(seen)) {
      return false;
    }
    seen = found;
    String before = problem;
    failing = !tryToReload();
    if (!failing) {
      said = "";
    } else if (problem.equals(before) && !problem.equals(said)) {
      // Files change one after the other: only what lasts is worth a line.
      LOG.warn("{} goes on with its old keys: {}", name, problem);
      said = problem;
    }
    return !failing;
  }

  private boolean tryToReload() {
    try {
      reload();
      return true;
    } catch (PlatformException _) {
      return false;
    }
  }

  private List<String> stamps() {
    return files.stream().map(LinkKeys::stamp).toList();
  }

  private static String stamp(Path file) {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return found.lastModifiedTime() + " " + found.size() + " " + found.fileKey();
    } catch (IOException e) {
      return "none";
    }
  }
}
