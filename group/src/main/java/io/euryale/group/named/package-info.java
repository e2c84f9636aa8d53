/// Light-weight named groups over the ordered stream of one traffic class.
@NullMarked
package io.euryale.group.named;

import org.jspecify.annotations.NullMarked;
