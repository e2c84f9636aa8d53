package io.euryale.platform.keys;

import io.euryale.kernel.PeerName;
import io.euryale.platform.PlatformException;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/// A small authority in a directory of keys: makes a key and a certificate for each name. Keys are
/// EC P-256: of what TLS 1.3 and the JDK share, the quickest to sign with, and what a handshake
/// costs is mostly signing.
///
/// The authority may also be somebody else's: `ca.key` and, first in `ca.crt`, its certificate.
/// One process at a time may write to a directory.
public final class CertificateAuthority {

  /// How long a new authority lasts.
  public static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);

  /// Certificates count from a little before they were made: clocks differ.
  private static final Duration CLOCKS_DIFFER = Duration.ofHours(1);

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SERIAL_BITS = 127;
  private static final int KEY_ID_BYTES = 20;
  private static final String COMMON_NAME = "2.5.4.3";
  private static final String SUBJECT_KEY = "2.5.29.14";
  private static final String KEY_USAGE = "2.5.29.15";
  private static final String ALTERNATIVE_NAME = "2.5.29.17";
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";
  private static final String AUTHORITY_KEY = "2.5.29.35";
  private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
  private static final String TLS_SERVER = "1.3.6.1.5.5.7.3.1";
  private static final String TLS_CLIENT = "1.3.6.1.5.5.7.3.2";
  private static final byte[] SIGNS_CERTIFICATES = {0x06};
  private static final byte[] SIGNS_HANDSHAKES = {(byte) 0x80};

  private final Path directory;
  private final X509Certificate certificate;
  private final PrivateKey key;

  private CertificateAuthority(Path directory, X509Certificate certificate, PrivateKey key) {
    this.directory = directory;
    this.certificate = certificate;
    this.key = key;
  }

  /// Makes a new authority.
  ///
  /// @throws PlatformException when the directory has one, or cannot be written
  public static CertificateAuthority create(Path directory, Instant now) {
    for (Path file : List.of(keyFile(directory), certificateFile(directory))) {
      if (Files.exists(file)) {
        throw KeyFiles.refused(
            file,
            "is there already: choose another directory, or 'euryale keys rotate --new-ca' for a"
                + " new authority beside the old one");
      }
    }
    return begin(directory, now, List.of());
  }

  /// The authority of a directory.
  ///
  /// @throws PlatformException when there is none, or its files have mistakes
  public static CertificateAuthority open(Path directory) {
    List<X509Certificate> trusted = KeyFiles.certificates(certificateFile(directory));
    PlatformException problem = null;
    for (X509Certificate own : trusted) {
      if (own.getBasicConstraints() < 0) {
        throw KeyFiles.refused(
            certificateFile(directory),
            "has a certificate that is no authority's before the authority of ca.key");
      }
      try {
        PrivateKey key = KeyFiles.privateKey(keyFile(directory), own);
        return new CertificateAuthority(directory, own, key);
      } catch (PlatformException e) {
        problem = problem == null ? e : problem;
      }
    }
    throw Objects.requireNonNull(problem, "There is at least one certificate");
  }

  /// Makes a new authority beside this one: both are trusted, the new one signs, and the key of
  /// this one is gone.
  public CertificateAuthority renewed(Instant now) {
    return begin(directory, now, KeyFiles.certificates(certificateFile(directory)));
  }

  /// Trusts this authority only.
  public void dropOthers() {
    KeyFiles.write(certificateFile(directory), List.of(certificate));
  }

  private static CertificateAuthority begin(
      Path directory, Instant now, List<X509Certificate> others) {
    byte[] mark = new byte[4];
    RANDOM.nextBytes(mark);
    byte[] subject = name("Euryale CA " + HexFormat.of().formatHex(mark));
    KeyPair pair = newPair();
    byte[] extensions =
        Der.sequence(
            extension(
                BASIC_CONSTRAINTS, true, Der.sequence(Der.yes(), Der.integer(BigInteger.ZERO))),
            extension(KEY_USAGE, true, Der.bits(1, SIGNS_CERTIFICATES)),
            extension(SUBJECT_KEY, false, Der.octets(keyId(pair.getPublic()))));
    X509Certificate own =
        sign(
            subject,
            subject,
            pair.getPublic(),
            now,
            now.plus(AUTHORITY_LIFE),
            extensions,
            pair.getPrivate(),
            pair.getPublic());
    List<X509Certificate> trusted = new ArrayList<>(List.of(own));
    trusted.addAll(others);
    // In this order: without the second file the authority is the one before, and a certificate
    // that nobody can sign with is trusted.
    KeyFiles.write(certificateFile(directory), trusted);
    KeyFiles.write(keyFile(directory), pair.getPrivate());
    return new CertificateAuthority(directory, own, pair.getPrivate());
  }

  public X509Certificate certificate() {
    return certificate;
  }

  /// Makes a key and a certificate for a name; replaces its files.
  ///
  /// @param life how long the certificate lasts; not longer than the authority
  /// @return the certificate
  public X509Certificate issue(PeerName name, Instant now, Duration life) {
    if (name.value().equals(KeyFiles.AUTHORITY)) {
      throw new PlatformException(
          PlatformException.BAD_USAGE,
          "No peer can be called 'ca' in a directory of keys: ca.key and ca.crt are the"
              + " authority's.");
    }
    Instant last = certificate.getNotAfter().toInstant();
    if (!now.isBefore(last)) {
      throw KeyFiles.refused(
          certificateFile(directory),
          "begins with an authority that expired on "
              + last
              + ": 'euryale keys rotate --new-ca' makes a new one");
    }
    Instant end = now.plus(life);
    KeyPair pair = newPair();
    byte[] subject = name(name.value());
    List<byte[]> extensions = new ArrayList<>();
    extensions.add(extension(BASIC_CONSTRAINTS, true, Der.sequence()));
    extensions.add(extension(KEY_USAGE, true, Der.bits(7, SIGNS_HANDSHAKES)));
    extensions.add(
        extension(
            EXTENDED_KEY_USAGE,
            false,
            Der.sequence(Der.identifier(TLS_SERVER), Der.identifier(TLS_CLIENT))));
    extensions.add(
        extension(
            ALTERNATIVE_NAME,
            false,
            Der.sequence(Der.implicit(2, name.value().getBytes(StandardCharsets.US_ASCII)))));
    extensions.add(extension(SUBJECT_KEY, false, Der.octets(keyId(pair.getPublic()))));
    byte[] issuerKey = certificate.getExtensionValue(SUBJECT_KEY);
    if (issuerKey != null) {
      // Two short headers stand before the identifier: of the extension, and its own.
      byte[] id = Arrays.copyOfRange(issuerKey, 4, issuerKey.length);
      extensions.add(extension(AUTHORITY_KEY, false, Der.sequence(Der.implicit(0, id))));
    }
    X509Certificate issued =
        sign(
            certificate.getSubjectX500Principal().getEncoded(),
            subject,
            pair.getPublic(),
            now,
            end.isBefore(last) ? end : last,
            Der.sequence(extensions.toArray(new byte[0][])),
            key,
            certificate.getPublicKey());
    KeyFiles.write(KeyFiles.keyFile(directory, name.value()), pair.getPrivate());
    KeyFiles.write(KeyFiles.certificateFile(directory, name.value()), List.of(issued));
    return issued;
  }

  private static X509Certificate sign(
      byte[] issuer,
      byte[] subject,
      PublicKey open,
      Instant now,
      Instant end,
      byte[] extensions,
      PrivateKey issuerKey,
      PublicKey issuerOpen) {
    byte[] algorithm = algorithm(issuerOpen);
    byte[] signed =
        Der.sequence(
            Der.tagged(0, Der.integer(BigInteger.TWO)),
            Der.integer(new BigInteger(SERIAL_BITS, RANDOM).setBit(SERIAL_BITS - 1)),
            algorithm,
            issuer,
            Der.sequence(Der.time(now.minus(CLOCKS_DIFFER)), Der.time(end)),
            subject,
            open.getEncoded(),
            Der.tagged(3, extensions));
    try {
      Signature signature = Signature.getInstance(KeyFiles.signatureAlgorithm(issuerOpen));
      signature.initSign(issuerKey, RANDOM);
      signature.update(signed);
      byte[] whole = Der.sequence(signed, algorithm, Der.bits(0, signature.sign()));
      X509Certificate made =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(whole));
      made.verify(issuerOpen);
      return made;
    } catch (GeneralSecurityException e) {
      throw new PlatformException(
          PlatformException.ENVIRONMENT,
          "This JDK cannot sign with the authority's key (" + e.getMessage() + ").");
    }
  }

  private static byte[] algorithm(PublicKey key) {
    return switch (key.getAlgorithm()) {
      case "EC" -> Der.sequence(Der.identifier("1.2.840.10045.4.3.2"));
      case "RSA" -> Der.sequence(Der.identifier("1.2.840.113549.1.1.11"), Der.nothing());
      case "EdDSA", "Ed25519" -> Der.sequence(Der.identifier("1.3.101.112"));
      default ->
          throw new PlatformException(
              PlatformException.BAD_USAGE,
              "The authority's key is of kind " + key.getAlgorithm() + ": use EC, RSA or Ed25519.");
    };
  }

  private static byte[] extension(String id, boolean critical, byte[] value) {
    return critical
        ? Der.sequence(Der.identifier(id), Der.yes(), Der.octets(value))
        : Der.sequence(Der.identifier(id), Der.octets(value));
  }

  private static byte[] name(String commonName) {
    return Der.sequence(Der.set(Der.sequence(Der.identifier(COMMON_NAME), Der.text(commonName))));
  }

  private static byte[] keyId(PublicKey key) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
      return Arrays.copyOf(digest, KEY_ID_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  private static KeyPair newPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has P-256", e);
    }
  }

  private static Path keyFile(Path directory) {
    return KeyFiles.keyFile(directory, KeyFiles.AUTHORITY);
  }

  private static Path certificateFile(Path directory) {
    return KeyFiles.certificateFile(directory, KeyFiles.AUTHORITY);
  }
}
