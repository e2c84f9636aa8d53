package io.euryale.peer;

import java.time.Instant;
import java.util.List;

/// The certificate that a peer, sensor or client uses for new links.
///
/// @param names what it stands for
/// @param expires when it ends
/// @param fingerprint its SHA-256 in hexadecimal
/// @param warnings what is wrong or soon will be, a sentence each: changed files that cannot be
///     used, a certificate or authority that is about to end
/// @param lastRefusal why a link was refused last, here or by the other side; "" when none was
public record KeyStatus(
    List<String> names,
    Instant expires,
    String fingerprint,
    List<String> warnings,
    String lastRefusal) {}
