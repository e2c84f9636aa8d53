/// The real Environment: sockets, files, threads and clocks of this machine.
@NullMarked
package io.euryale.platform;

import org.jspecify.annotations.NullMarked;
