package io.euryale.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import io.euryale.platform.keys.CertificateAuthority;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.spec.RSAPrivateKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Certificates that nobody made by mistake: each is let in as documented or ends in a counted
/// refusal, and the next one who is let in does not notice.
@Timeout(120)
class StrangeCertificatesTest {

  private static final Duration YEAR = Duration.ofDays(365);
  private static final BigInteger EXPONENT = BigInteger.valueOf(65_537);
  private static final int HUGE_BITS = 16_384;

  private static final String FUNCTIONS =
      """
      set -e
      EC='ec -pkeyopt ec_paramgen_curve:P-256'
      req() { openssl req -newkey $1 -nodes -keyout $2.key -out $2.csr -subj /CN=$3; }
      sign() { openssl x509 -req -in $1.csr -CA $2.crt -CAkey $2.key -days 9 -out $1.crt \
               -extfile $3 $4 $5; }
      printf 'basicConstraints=critical,CA:TRUE\n' > ca.ext
      printf 'basicConstraints=CA:FALSE\n' > leaf.ext
      openssl req -x509 -newkey $EC -nodes -keyout ca.key -out ca.crt -days 9 -subj /CN=Root
      """;

  @TempDir Path directory;

  private final Peers peers = new Peers();
  private final ToyCore core = new ToyCore();
  private CertificateAuthority authority;
  private LinkKeys keys;
  private NettyHome home;
  private int port;

  @BeforeEach
  void start() throws Exception {
    openssl("");
    authority = CertificateAuthority.open(directory);
    for (String name : List.of("server", "friend")) {
      authority.issue(new PeerName(name), Instant.now(), YEAR);
    }
    keys = LinkKeys.open(directory, new PeerName("server"));
    home = peers.home(keys, LinkSettings.defaults());
    port = peers.start(home, core, "server");
  }

  @AfterEach
  void nothingFailed() {
    keys.close();
    peers.close();
    assertThat(peers.failures).isEmpty();
  }

  private void openssl(String script) throws Exception {
    Process made;
    try {
      made =
          new ProcessBuilder("sh", "-c", script.isEmpty() ? FUNCTIONS : rest() + script)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .start();
    } catch (IOException _) {
      assumeTrue(false, "There is no shell");
      return;
    }
    String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assumeTrue(!said.contains("openssl: not found"), "There is no openssl");
    assertThat(made.waitFor()).as(said).isZero();
  }

  private static String rest() {
    return FUNCTIONS.substring(0, FUNCTIONS.indexOf("openssl req -x509"));
  }

  /// What somebody with these files gets: "up", or the reason that was counted.
  private String outcome(String files) throws Exception {
    try (TlsClient client = new TlsClient(port, directory, files, "TLSv1.3")) {
      try {
        client.write(Peers.hello(Peers.OVERLAY, TrafficClass.ALARM, "x"));
      } catch (IOException _) {
        // Refused before it could write.
      }
      Peers.await(
          "an outcome",
          () ->
              core.events.contains("up 1 x#1")
                  || home.counters().rejected().values().stream().anyMatch(count -> count > 0));
    }
    String outcome = "up";
    for (Rejection reason : Rejection.values()) {
      outcome = home.counters().rejected(reason) > 0 ? reason.name() : outcome;
    }
    return outcome;
  }

  private void assertFriendGetsIn() throws Exception {
    try (TlsClient friend = new TlsClient(port, directory, "friend", "TLSv1.3")) {
      friend.write(Peers.hello(Peers.OVERLAY, TrafficClass.ALARM, "friend"));
      Peers.await("up", () -> core.events.stream().anyMatch(event -> event.contains("friend#1")));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "chain of 3  | up                    | 2 |",
        "chain of 10 | HANDSHAKE_FAILED      | 9 |",
        "in person   | CERTIFICATE_UNTRUSTED | 0 | openssl req -x509 -newkey $EC -nodes"
            + " -keyout x.key -out x.crt -days 9 -subj /CN=x",
        "weak key    | up                    | 0 | req rsa:1024 x x; sign x ca leaf.ext",
        "more than 16 KiB | HANDSHAKE_TOO_LONG | 0 | req \"$EC\" x x;"
            + " { cat leaf.ext; printf nsComment=%017000d 0; } > b.ext; sign x ca b.ext",
      })
  void eachEndsAsDocumented(String what, String expected, int between, String script)
      throws Exception {
    StringBuilder made = new StringBuilder();
    if (script == null) {
      String issuer = "ca";
      StringBuilder chain = new StringBuilder();
      for (int i = 0; i < between; i++) {
        String own = "m" + i;
        made.append("req \"$EC\" %s %s; sign %s %s ca.ext\n".formatted(own, own, own, issuer));
        chain.insert(0, " " + own + ".crt");
        issuer = own;
      }
      made.append(
          "req \"$EC\" x x; sign x %s leaf.ext; cat %s >> x.crt\n".formatted(issuer, chain));
    } else {
      made.append(script).append('\n');
    }
    openssl(made + "chmod 600 x.key; chmod 644 x.crt");
    assertThat(outcome("x")).as(what).isEqualTo(expected);
    assertFriendGetsIn();
  }

  @Test
  void anAuthorityThatWasDroppedIsUnknown() throws Exception {
    authority.issue(new PeerName("x"), Instant.now(), YEAR);
    authority = authority.renewed(Instant.now());
    authority.dropOthers();
    authority.issue(new PeerName("server"), Instant.now(), YEAR);
    authority.issue(new PeerName("friend"), Instant.now(), YEAR);
    keys.reload();
    assertThat(outcome("x")).isEqualTo("CERTIFICATE_UNTRUSTED");
    assertFriendGetsIn();
  }

  /// The largest key that the JDK takes. To find two primes of half its bits takes minutes. So
  /// its modulus has a thousand small ones with p - 1 dividing one number, and the inverse of the
  /// exponent modulo that number signs.
  @Test
  void aHugeKeyCostsNobodyElseAnything() throws Exception {
    NavigableSet<BigInteger> divisors = new TreeSet<>(List.of(BigInteger.ONE));
    BigInteger common = BigInteger.ONE;
    for (int prime : new int[] {2, 2, 2, 2, 2, 2, 3, 3, 3, 5, 5, 7, 11, 13, 17, 19, 23}) {
      BigInteger factor = BigInteger.valueOf(prime);
      common = common.multiply(factor);
      divisors.addAll(divisors.stream().map(factor::multiply).toList());
    }
    BigInteger modulus = BigInteger.ONE;
    for (BigInteger divisor : divisors.descendingSet()) {
      BigInteger prime = divisor.add(BigInteger.ONE);
      if (prime.bitLength() + modulus.bitLength() <= HUGE_BITS
          && prime.testBit(0)
          && prime.isProbablePrime(50)) {
        modulus = modulus.multiply(prime);
      }
    }
    KeyFactory factory = KeyFactory.getInstance("RSA");
    write("x.pub", "PUBLIC KEY", factory.generatePublic(new RSAPublicKeySpec(modulus, EXPONENT)));
    write(
        "x.key",
        "PRIVATE KEY",
        factory.generatePrivate(new RSAPrivateKeySpec(modulus, EXPONENT.modInverse(common))));
    openssl(
        """
        req "$EC" y x; cp y.csr x.csr; sign x ca leaf.ext -force_pubkey x.pub
        chmod 600 x.key; chmod 644 x.crt
        """);
    assertThat(modulus.bitLength()).isGreaterThan(HUGE_BITS - 64);
    assertThat(outcome("x")).isEqualTo("up");
    assertFriendGetsIn();
  }

  private void write(String file, String what, java.security.Key key) throws IOException {
    String text = Base64.getMimeEncoder().encodeToString(key.getEncoded());
    Files.writeString(
        directory.resolve(file),
        "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
  }
}
