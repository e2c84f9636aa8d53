package io.euryale.platform.keys;

import io.euryale.platform.PlatformException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Reads and writes the files of a directory of keys: PEM, at most 1 MiB each. Every mistake is one
/// sentence that names the file and never shows a private key. Any thread.
public final class KeyFiles {

  /// The authority's name in a directory; no peer can have it there.
  public static final String AUTHORITY = "ca";

  private static final String COMMAND = "euryale keys";
  private static final int MAX_BYTES = 1 << 20;
  private static final String KEY_BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String KEY_END = "-----END PRIVATE KEY-----";
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);
  private static final Set<PosixFilePermission> WRITABLE_BY_OTHERS =
      EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  private KeyFiles() {}

  public static Path keyFile(Path directory, String name) {
    return directory.resolve(name + ".key");
  }

  public static Path certificateFile(Path directory, String name) {
    return directory.resolve(name + ".crt");
  }

  /// Reads certificates, in the order of the file.
  ///
  /// @throws PlatformException when there are none, or others than the owner may change them
  public static List<X509Certificate> certificates(Path file) {
    Set<PosixFilePermission> permissions = permissions(file, COMMAND);
    permissions.retainAll(WRITABLE_BY_OTHERS);
    if (!permissions.isEmpty()) {
      throw refused(
          file, "may be changed by others than its owner; make it safe: chmod go-w " + file);
    }
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Certificate certificate :
          factory.generateCertificates(new ByteArrayInputStream(read(file)))) {
        certificates.add((X509Certificate) certificate);
      }
    } catch (CertificateException e) {
      throw refused(file, "has no readable X.509 certificate (" + e.getMessage() + ")");
    }
    if (certificates.isEmpty()) {
      throw refused(file, "has no certificate: it must hold '-----BEGIN CERTIFICATE-----'");
    }
    return List.copyOf(certificates);
  }

  /// Reads a private key and sees that it belongs to a certificate.
  ///
  /// @throws PlatformException when others than the owner may read the file, or it does not fit
  public static PrivateKey privateKey(Path file, X509Certificate certificate) {
    String text = new String(readPrivate(file, COMMAND), StandardCharsets.US_ASCII);
    int begin = text.indexOf(KEY_BEGIN);
    int end = text.indexOf(KEY_END);
    if (begin < 0 || end < begin) {
      throw refused(
          file,
          "has no unencrypted PKCS#8 key: it must hold '"
              + KEY_BEGIN
              + "'; 'openssl pkcs8 -topk8 -nocrypt' converts other forms");
    }
    PublicKey open = certificate.getPublicKey();
    try {
      byte[] encoded =
          Base64.getMimeDecoder().decode(text.substring(begin + KEY_BEGIN.length(), end));
      PrivateKey key =
          KeyFactory.getInstance(open.getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(encoded));
      if (belongs(key, open)) {
        return key;
      }
    } catch (GeneralSecurityException | IllegalArgumentException _) {
      // A key of another kind does not belong either; what the provider says is no help.
    }
    throw refused(
        file,
        "does not belong to the certificate beside it, or is of no kind this JDK knows: both"
            + " must come from the same 'keys issue' or 'keys rotate'");
  }

  /// Reads a file with something secret in it.
  ///
  /// @param command makes such files; named when there is none
  /// @throws PlatformException when others than the owner may use the file, it is larger than
  /// 1 MiB, or it cannot be read
  public static byte[] readPrivate(Path file, String command) {
    if (!OWNER_ONLY.containsAll(permissions(file, command))) {
      throw refused(
          file, "may be used by others than its owner; make it private: chmod 600 " + file);
    }
    return read(file);
  }

  private static boolean belongs(PrivateKey key, PublicKey open) throws GeneralSecurityException {
    byte[] sample = {1, 2, 3};
    Signature signature = Signature.getInstance(signatureAlgorithm(open));
    signature.initSign(key);
    signature.update(sample);
    byte[] signed = signature.sign();
    signature.initVerify(open);
    signature.update(sample);
    return signature.verify(signed);
  }

  static String signatureAlgorithm(PublicKey key) {
    return switch (key.getAlgorithm()) {
      case "EC" -> "SHA256withECDSA";
      case "RSA" -> "SHA256withRSA";
      default -> key.getAlgorithm();
    };
  }

  /// Writes a private key for its owner only; replaces the file in one step.
  static void write(Path file, PrivateKey key) {
    write(file, pem("PRIVATE KEY", key.getEncoded()), "rw-------");
  }

  /// Writes certificates; replaces the file in one step.
  static void write(Path file, List<X509Certificate> certificates) {
    StringBuilder text = new StringBuilder();
    try {
      for (X509Certificate certificate : certificates) {
        text.append(pem("CERTIFICATE", certificate.getEncoded()));
      }
    } catch (CertificateException e) {
      throw new IllegalStateException("A certificate that was read can be written", e);
    }
    write(file, text.toString(), "rw-r--r--");
  }

  private static String pem(String what, byte[] der) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + what + "-----\n" + base64 + "\n-----END " + what + "-----\n";
  }

  private static void write(Path file, String text, String mode) {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      Path parent = file.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.deleteIfExists(fresh);
      // Private from its first moment, whatever the umask.
      Files.createFile(
          fresh,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(fresh, text, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.SYNC);
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString(mode));
      replace(fresh, file);
    } catch (IOException | UnsupportedOperationException e) {
      throw new PlatformException(
          PlatformException.ENVIRONMENT,
          "Key file '" + file + "' cannot be written (" + e.getMessage() + ").");
    }
  }

  private static void replace(Path fresh, Path file) throws IOException {
    try {
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException _) {
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static Set<PosixFilePermission> permissions(Path file, String command) {
    try {
      return Files.getPosixFilePermissions(file);
    } catch (NoSuchFileException _) {
      throw refused(file, "does not exist; '" + command + "' makes one");
    } catch (IOException e) {
      throw refused(file, "cannot be read (" + PlatformException.reason(e) + ")");
    } catch (UnsupportedOperationException _) {
      throw refused(file, "lies on a file system without permissions; move it to another one");
    }
  }

  private static byte[] read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw refused(file, "is larger than 1 MiB");
      }
      return bytes;
    } catch (IOException e) {
      throw refused(file, "cannot be read (" + PlatformException.reason(e) + ")");
    }
  }

  static PlatformException refused(Path file, String what) {
    return new PlatformException(
        PlatformException.BAD_USAGE, "Key file '" + file + "' " + what + ".");
  }
}
