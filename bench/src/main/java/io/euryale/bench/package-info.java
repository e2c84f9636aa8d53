/// Benchmarks with real processes. Every run ends in one JSON result document
/// ([io.euryale.peer.result.ResultDocument]) with each stated goal as a promise, and a page of
/// plots.
///
/// Only ratios inside one run are compared: what is measured and what it is measured against take
/// turns, so that a machine that gets slower meanwhile slows both.
@NullMarked
package io.euryale.bench;

import org.jspecify.annotations.NullMarked;
