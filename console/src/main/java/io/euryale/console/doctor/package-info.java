/// What `euryale doctor` looks at: the machine, and what the settings of a process ask of it. A
/// check reads and tries, but changes nothing that lasts.
@NullMarked
package io.euryale.console.doctor;

import org.jspecify.annotations.NullMarked;
