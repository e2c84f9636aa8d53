/// Load generator and benchmarks; every run ends in one JSON result document.
@NullMarked
package io.euryale.bench;

import org.jspecify.annotations.NullMarked;
