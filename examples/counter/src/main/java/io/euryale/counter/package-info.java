/// A replicated counter: the example of docs/groups-java.md.
@NullMarked
package io.euryale.counter;

import org.jspecify.annotations.NullMarked;
