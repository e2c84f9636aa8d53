/// Group communication: extended virtual synchrony over datagrams [4].
@NullMarked
package io.euryale.group;

import org.jspecify.annotations.NullMarked;
