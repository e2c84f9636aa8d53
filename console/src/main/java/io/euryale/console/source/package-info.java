/// Where the `sensor` command takes its packets from: lines, files, datagrams, another program,
/// or a timetable.
@NullMarked
package io.euryale.console.source;

import org.jspecify.annotations.NullMarked;
