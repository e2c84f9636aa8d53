/// How peers find their place and each other: cells, membership, discovery and paths.
@NullMarked
package io.euryale.overlay;

import org.jspecify.annotations.NullMarked;
