/// Plots of result documents as one HTML page that needs nothing else: no script, no network.
@NullMarked
package io.euryale.bench.plot;

import org.jspecify.annotations.NullMarked;
