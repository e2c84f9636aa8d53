/// Keyed datagrams between peers.
@NullMarked
package io.euryale.link;

import org.jspecify.annotations.NullMarked;
