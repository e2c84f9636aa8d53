/// The virtual Environment: seeded time, network, disks and faults, on one thread.
@NullMarked
package io.euryale.simulation;

import org.jspecify.annotations.NullMarked;
