/// Runs of group members in processes of their own, with real sockets, signals and packet filters,
/// judged by the checkers of `io.euryale.lab.group`.
///
/// [RealGroup] starts and hurts members, [RealRun] does so by a drawn or given plan, and
/// [TraceFolder] judges what they wrote, now or later. [Member] is what each child process runs.
@NullMarked
package io.euryale.lab.real;

import org.jspecify.annotations.NullMarked;
