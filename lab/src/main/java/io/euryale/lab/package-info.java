/// Simulation scenarios, the checkers that read their traces, and the campaign runner.
@NullMarked
package io.euryale.lab;

import org.jspecify.annotations.NullMarked;
