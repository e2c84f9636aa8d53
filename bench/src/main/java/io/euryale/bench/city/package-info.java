/// How large a city one machine carries within its promises, and what fault tolerance costs there:
/// the same traffic through the overlay with faults, and through one bare relay.
@NullMarked
package io.euryale.bench.city;

import org.jspecify.annotations.NullMarked;
