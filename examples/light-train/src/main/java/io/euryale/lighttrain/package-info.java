/// A city's light-train information system on Euryale: timetables, sample network, demo.
@NullMarked
package io.euryale.lighttrain;

import org.jspecify.annotations.NullMarked;
