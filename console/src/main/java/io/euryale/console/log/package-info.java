/// Where log lines of a `euryale` process go: the backend of SLF4J.
///
/// A thread of its own writes them, so that no loop waits for a terminal, a pipe or a disk. Lines
/// that find no room are counted, and the number is written when there is room again.
@NullMarked
package io.euryale.console.log;

import org.jspecify.annotations.NullMarked;
