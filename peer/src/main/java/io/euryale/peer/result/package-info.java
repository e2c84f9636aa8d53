/// The one JSON document that every demo, benchmark and simulation writes with `--json FILE`:
/// what was run, where, what came out and whether the stated promises held. Plots and
/// comparisons are made from it, so names and units do not change quietly.
@NullMarked
package io.euryale.peer.result;

import org.jspecify.annotations.NullMarked;
