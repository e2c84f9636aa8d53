/// The composition root: a running peer, and the public Java API.
@NullMarked
package io.euryale.peer;

import org.jspecify.annotations.NullMarked;
