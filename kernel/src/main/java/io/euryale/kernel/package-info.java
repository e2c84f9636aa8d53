/// What every floor of Euryale shares: identities, traffic classes, the contract between a protocol
/// core and its home, small allocation-free collections and settings annotations.
///
/// A protocol is a [Core]: it learns what happened through its methods, always with the time, and
/// says what it wants done through its [Home]. It has no clock, no thread, no socket and no file,
/// so the same class runs over real sockets (`platform`) and in virtual time (`simulation`).
/// Wire codecs are in `io.euryale.kernel.wire`, trace events in `io.euryale.kernel.trace`.
@NullMarked
package io.euryale.kernel;

import org.jspecify.annotations.NullMarked;
