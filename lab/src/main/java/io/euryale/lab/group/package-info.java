/// Checkers of group communication.
@NullMarked
package io.euryale.lab.group;

import org.jspecify.annotations.NullMarked;
