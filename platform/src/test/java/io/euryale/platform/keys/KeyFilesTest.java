package io.euryale.platform.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.PeerName;
import io.euryale.platform.PlatformException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFilesTest {

  private static final Instant NOW = Instant.now();
  private static final Duration YEAR = Duration.ofDays(365);
  private static final PeerName ALPHA = new PeerName("alpha");

  @TempDir Path directory;
  private CertificateAuthority authority;

  @BeforeEach
  void create() {
    authority = CertificateAuthority.create(directory, NOW);
    authority.issue(ALPHA, NOW, YEAR);
  }

  private void expectRefusal(PeerName name, String... parts) {
    assertThatThrownBy(() -> Credentials.load(directory, name, Instant.now()))
        .isInstanceOfSatisfying(
            PlatformException.class,
            e -> {
              assertThat(e.exitCode()).isEqualTo(PlatformException.BAD_USAGE);
              assertThat(e.getMessage()).contains(parts).contains(directory.toString());
              assertThat(e.getMessage()).endsWith(".").doesNotContain("\n");
            });
  }

  @Test
  void whatIsIssuedCanBeLoadedAndSaysItsName() throws IOException {
    Credentials loaded = Credentials.load(directory, ALPHA, NOW);
    assertThat(Certificates.names(loaded.certificate())).containsExactly("alpha");
    assertThat(loaded.warnings(NOW)).isEmpty();
    assertThat(loaded.certificate().getNotAfter().toInstant())
        .isBetween(NOW.plus(YEAR).minusSeconds(1), NOW.plus(YEAR));
    for (String secret : List.of("ca.key", "alpha.key")) {
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(directory.resolve(secret))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void theLongestNameAndNamesWithEveryMarkCanBeIssued() {
    for (String text : List.of("x".repeat(64), "a.b_c-d", "9")) {
      PeerName name = new PeerName(text);
      authority.issue(name, NOW, YEAR);
      assertThat(Certificates.names(Credentials.load(directory, name, NOW).certificate()))
          .containsExactly(text);
    }
    assertThatThrownBy(() -> authority.issue(new PeerName("ca"), NOW, YEAR))
        .hasMessageContaining("authority's");
  }

  @Test
  void aCertificateNeverOutlivesItsAuthorityAndEndsAfter2050AreWritten() {
    X509Certificate issued = authority.issue(ALPHA, NOW, Duration.ofDays(20_000));
    assertThat(issued.getNotAfter()).isEqualTo(authority.certificate().getNotAfter());
    Path far = directory.resolve("far");
    Instant then = Instant.parse("2055-01-01T00:00:00Z");
    assertThat(CertificateAuthority.create(far, then).certificate().getNotBefore().toInstant())
        .isEqualTo(Instant.parse("2054-12-31T23:00:00Z"));
  }

  @Test
  void anExpiredAuthorityIssuesNothing() {
    Path old = directory.resolve("old");
    CertificateAuthority expired =
        CertificateAuthority.create(old, NOW.minus(Duration.ofDays(4000)));
    assertThatThrownBy(() -> expired.issue(ALPHA, NOW, YEAR)).hasMessageContaining("--new-ca");
  }

  @Test
  void anAuthorityIsNeverReplacedByMistake() {
    assertThatThrownBy(() -> CertificateAuthority.create(directory, NOW))
        .hasMessageContaining("is there already");
  }

  @Test
  void aChangeOfAuthorityThatDidNotEndLeavesTheOneBefore() throws IOException {
    Path key = directory.resolve("ca.key");
    Path before = directory.resolve("before");
    Files.copy(key, before);
    authority.renewed(NOW);
    Files.move(before, key, StandardCopyOption.REPLACE_EXISTING); // Its key was not written.
    CertificateAuthority opened = CertificateAuthority.open(directory);
    assertThat(opened.certificate()).isEqualTo(authority.certificate());
    opened.issue(new PeerName("beta"), NOW, YEAR);
    assertThat(Credentials.load(directory, new PeerName("beta"), NOW).warnings(NOW)).isEmpty();
  }

  @Test
  void aRenewalWithoutRoomForTheNewCertificateKeepsTheKey() throws IOException {
    byte[] key = Files.readAllBytes(directory.resolve("ca.key"));
    Files.createDirectory(directory.resolve("ca.crt.new"));
    Files.createFile(directory.resolve("ca.crt.new").resolve("in the way"));
    assertThatThrownBy(() -> authority.renewed(NOW)).hasMessageContaining("cannot be written");
    assertThat(Files.readAllBytes(directory.resolve("ca.key"))).isEqualTo(key);
  }

  @Test
  void missingFiles() {
    expectRefusal(new PeerName("beta"), "beta.crt", "does not exist");
  }

  @Test
  void aKeyThatOthersMayRead() throws IOException {
    Files.setPosixFilePermissions(
        directory.resolve("alpha.key"), PosixFilePermissions.fromString("rw-r-----"));
    expectRefusal(ALPHA, "chmod 600");
  }

  @Test
  void anAuthorityFileThatOthersMayChange() throws IOException {
    Files.setPosixFilePermissions(
        directory.resolve("ca.crt"), PosixFilePermissions.fromString("rw-rw-r--"));
    expectRefusal(ALPHA, "ca.crt", "chmod go-w");
  }

  @Test
  void aKeyOfAnotherCertificate() throws IOException {
    authority.issue(new PeerName("beta"), NOW, YEAR);
    Files.move(
        directory.resolve("beta.key"),
        directory.resolve("alpha.key"),
        StandardCopyOption.REPLACE_EXISTING);
    expectRefusal(ALPHA, "alpha.key", "does not belong");
  }

  @Test
  void aKeyOfAnotherKind() throws IOException, GeneralSecurityException {
    KeyFiles.write(
        directory.resolve("alpha.key"),
        KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate());
    expectRefusal(ALPHA, "alpha.key", "does not belong");
  }

  @Test
  void aCertificateForAnotherName() throws IOException {
    authority.issue(new PeerName("beta"), NOW, YEAR);
    for (String suffix : List.of(".key", ".crt")) {
      Files.move(directory.resolve("beta" + suffix), directory.resolve("gamma" + suffix));
    }
    expectRefusal(new PeerName("gamma"), "is for beta and not for gamma");
  }

  @Test
  void expiredAndNotYetValid() {
    authority.issue(ALPHA, NOW.minus(Duration.ofDays(9)), Duration.ofDays(8));
    expectRefusal(ALPHA, "expired on", "keys rotate alpha");
    authority.issue(ALPHA, NOW.plus(Duration.ofDays(2)), YEAR);
    expectRefusal(ALPHA, "valid from", "clock");
  }

  @Test
  void anotherAuthority() throws IOException {
    Path elsewhere = directory.resolve("elsewhere");
    CertificateAuthority other = CertificateAuthority.create(elsewhere, NOW);
    assertThat(other.certificate()).isNotEqualTo(authority.certificate());
    Files.copy(
        elsewhere.resolve("ca.crt"),
        directory.resolve("ca.crt"),
        StandardCopyOption.REPLACE_EXISTING);
    expectRefusal(ALPHA, "is not from an authority in");
  }

  @Test
  void filesThatAreNoPem() throws IOException {
    Path certificate = directory.resolve("alpha.crt");
    byte[] good = Files.readAllBytes(certificate);
    Files.writeString(certificate, "");
    expectRefusal(ALPHA, "alpha.crt", "certificate");
    Files.writeString(
        certificate, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    expectRefusal(ALPHA, "alpha.crt", "certificate");
    Files.write(certificate, good);
    Files.writeString(directory.resolve("alpha.key"), "-----BEGIN EC PRIVATE KEY-----");
    expectRefusal(ALPHA, "alpha.key", "openssl pkcs8");
  }

  @Test
  void warningsComeInTime() {
    authority.issue(ALPHA, NOW, Duration.ofDays(60));
    Credentials loaded = Credentials.load(directory, ALPHA, NOW);
    assertThat(loaded.warnings(NOW.plus(Duration.ofDays(39)))).isEmpty();
    assertThat(loaded.warnings(NOW.plus(Duration.ofDays(41))))
        .singleElement()
        .asString()
        .contains("expires in 18 days");
    assertThat(loaded.warnings(NOW.plus(Duration.ofDays(3640)))).hasSize(2);
  }

  @Test
  void twoAuthoritiesDuringAChange() {
    CertificateAuthority fresh = authority.renewed(NOW);
    Credentials old = Credentials.load(directory, ALPHA, NOW);
    PeerName beta = new PeerName("beta");
    fresh.issue(beta, NOW, YEAR);
    Credentials issued = Credentials.load(directory, beta, NOW);
    assertThat(issued.certificate().getIssuerX500Principal())
        .isNotEqualTo(old.certificate().getIssuerX500Principal());
    CertificateAuthority.open(directory).dropOthers();
    expectRefusal(ALPHA, "is not from an authority in");
    assertThat(Credentials.load(directory, beta, NOW).certificate())
        .isEqualTo(issued.certificate());
  }
}
