package io.euryale.platform.keys;

import io.euryale.kernel.PeerName;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/// What one process proves its name with, and whom it believes: its private key, its certificate
/// and the authorities it trusts, as they were in its files. Immutable, for any thread.
public final class Credentials {

  private static final String[] PROTOCOLS = {"TLSv1.3"};

  // The best first. The JDK uses a processor's instructions for AES only in what its second
  // compiler has made, and a packet now and then finds cold caches either way: ChaCha20 then takes
  // half the time, and with hot code the same (docs/performance.md, What profiling found).
  private static final String[] CIPHERS = {
    "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"
  };

  private final List<X509Certificate> chain;
  private final List<X509Certificate> authorities;
  private final SSLContext context;
  private final X509TrustManager trust;

  private Credentials(
      List<X509Certificate> chain,
      List<X509Certificate> authorities,
      SSLContext context,
      X509TrustManager trust) {
    this.chain = chain;
    this.authorities = authorities;
    this.context = context;
    this.trust = trust;
  }

  /// Reads the files of a name.
  ///
  /// @param directory with `NAME.key`, `NAME.crt` and `ca.crt`
  /// @throws io.euryale.platform.PlatformException when one is missing, readable for others, has a
  ///     mistake, is for another name, has expired, or does not fit the others
  public static Credentials load(Path directory, PeerName name, Instant now) {
    Path file = KeyFiles.certificateFile(directory, name.value());
    Path trustFile = KeyFiles.certificateFile(directory, KeyFiles.AUTHORITY);
    List<X509Certificate> chain = KeyFiles.certificates(file);
    X509Certificate own = chain.getFirst();
    PrivateKey key = KeyFiles.privateKey(KeyFiles.keyFile(directory, name.value()), own);
    List<String> names = Certificates.names(own);
    if (!names.contains(name.value())) {
      throw KeyFiles.refused(
          file,
          "is for "
              + (names.isEmpty() ? "nobody" : String.join(", ", names))
              + " and not for "
              + name
              + ": 'euryale keys issue "
              + name
              + "' makes one");
    }
    if (now.isAfter(own.getNotAfter().toInstant())) {
      throw KeyFiles.refused(
          file,
          "expired on "
              + own.getNotAfter().toInstant()
              + ": 'euryale keys rotate "
              + name
              + "' makes a new one");
    }
    if (now.isBefore(own.getNotBefore().toInstant())) {
      throw KeyFiles.refused(
          file,
          "is valid from "
              + own.getNotBefore().toInstant()
              + " only: set the clock of this machine, or wait");
    }
    List<X509Certificate> authorities = KeyFiles.certificates(trustFile);
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      int place = 0;
      for (X509Certificate authority : authorities) {
        trusted.setCertificateEntry("ca" + place++, authority);
      }
      TrustManagerFactory trusting = TrustManagerFactory.getInstance("PKIX");
      trusting.init(trusted);
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(new KeyManager[] {new OwnKey(key, chain)}, trusting.getTrustManagers(), null);
      Credentials loaded = new Credentials(chain, authorities, context, x509(trusting));
      loaded.check(chain);
      return loaded;
    } catch (CertificateException e) {
      throw KeyFiles.refused(
          file,
          "is not from an authority in '"
              + trustFile
              + "' that is valid now ("
              + e.getMessage()
              + ")");
    } catch (GeneralSecurityException | IOException e) {
      throw KeyFiles.refused(file, "cannot be used for TLS (" + e.getMessage() + ")");
    }
  }

  private static X509TrustManager x509(TrustManagerFactory factory) {
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager x509) {
        return x509;
      }
    }
    throw new IllegalStateException("Every JDK trusts by X.509");
  }

  /// The process's own certificate.
  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /// What soon ends, a sentence each.
  public List<String> warnings(Instant now) {
    List<String> warnings = new ArrayList<>();
    if (now.isAfter(Certificates.warnFrom(certificate()))) {
      warnings.add(
          "The certificate "
              + Certificates.end(certificate(), now)
              + ": 'euryale keys rotate' makes a new one.");
    }
    for (X509Certificate authority : authorities) {
      if (now.isAfter(Certificates.warnFrom(authority))) {
        warnings.add(
            "Authority "
                + authority.getSubjectX500Principal().getName()
                + " "
                + Certificates.end(authority, now)
                + ": 'euryale keys rotate --new-ca' makes a new one.");
      }
    }
    return List.copyOf(warnings);
  }

  /// One side of a new connection: TLS 1.3, both sides with certificates.
  ///
  /// Sessions are not resumed: an engine that does not know its remote's address cannot, and what
  /// is proved anew each time cannot outlive its proof.
  public SSLEngine engine(boolean dials) {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(dials);
    SSLParameters parameters = new SSLParameters(CIPHERS, PROTOCOLS);
    parameters.setUseCipherSuitesOrder(true);
    parameters.setNeedClientAuth(true);
    engine.setSSLParameters(parameters);
    return engine;
  }

  /// Does nothing when somebody with this chain would be believed now, whichever side dials.
  ///
  /// @param presented its own certificate first
  /// @throws CertificateException when not
  public void check(List<X509Certificate> presented) throws CertificateException {
    X509Certificate[] all = presented.toArray(new X509Certificate[0]);
    trust.checkClientTrusted(all, "UNKNOWN");
    trust.checkServerTrusted(all, "UNKNOWN");
    all[0].checkValidity(Date.from(Instant.now()));
  }
}
