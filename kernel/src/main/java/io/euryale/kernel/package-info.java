/// What every other module speaks: identities, time and timers, buffers, wire codecs, settings
// records and the Environment.
@NullMarked
package io.euryale.kernel;

import org.jspecify.annotations.NullMarked;
