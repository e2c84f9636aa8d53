/// Calls, streams and replicated services in their traffic classes.
@NullMarked
package io.euryale.service;

import org.jspecify.annotations.NullMarked;
