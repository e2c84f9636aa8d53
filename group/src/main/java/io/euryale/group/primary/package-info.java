/// The primary component.
@NullMarked
package io.euryale.group.primary;

import org.jspecify.annotations.NullMarked;
