package io.euryale.platform.keys;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/// What a certificate says to Euryale.
public final class Certificates {

  private static final int DNS_NAME = 2;
  private static final Duration LONGEST_WARNING = Duration.ofDays(30);

  private Certificates() {}

  /// The names a certificate stands for: the DNS names of its subject alternative names, or the
  /// common name of its subject when there are none. Exactly as written; no wildcards.
  public static List<String> names(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      if (alternatives != null) {
        for (List<?> alternative : alternatives) {
          if (alternative.get(0) instanceof Integer kind
              && kind == DNS_NAME
              && alternative.get(1) instanceof String name) {
            names.add(name);
          }
        }
      }
      if (names.isEmpty()) {
        for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
          if (part.getType().equalsIgnoreCase("CN") && part.getValue() instanceof String name) {
            names.add(name);
          }
        }
      }
    } catch (CertificateParsingException | InvalidNameException _) {
      return List.of(); // Stands for nobody.
    }
    return List.copyOf(names);
  }

  /// The SHA-256 of a certificate in hexadecimal, as other tools print it too.
  public static String fingerprint(X509Certificate certificate) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return HexFormat.of().formatHex(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  /// When a certificate ends, as part of a sentence.
  public static String end(X509Certificate certificate, Instant now) {
    Instant end = certificate.getNotAfter().toInstant();
    return now.isAfter(end)
        ? "expired on " + end
        : "expires in " + Duration.between(now, end).toDays() + " days, on " + end;
  }

  /// Since when to warn that a certificate ends: for its last third, at most 30 days.
  public static Instant warnFrom(X509Certificate certificate) {
    Instant end = certificate.getNotAfter().toInstant();
    Duration third = Duration.between(certificate.getNotBefore().toInstant(), end).dividedBy(3);
    return end.minus(third.compareTo(LONGEST_WARNING) < 0 ? third : LONGEST_WARNING);
  }
}
