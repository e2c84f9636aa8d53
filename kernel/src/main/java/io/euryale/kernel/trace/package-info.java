/// Trace events: what hosts write and checkers read, the same for simulated and real runs.
@NullMarked
package io.euryale.kernel.trace;

import org.jspecify.annotations.NullMarked;
