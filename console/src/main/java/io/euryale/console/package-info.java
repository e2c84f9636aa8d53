/// The command line.
@NullMarked
package io.euryale.console;

import org.jspecify.annotations.NullMarked;
