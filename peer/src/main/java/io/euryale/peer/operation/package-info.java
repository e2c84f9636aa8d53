/// How operators see a running process: health, metrics and logs.
///
/// A [io.euryale.peer.operation.Probe] looks at one peer; an
/// [io.euryale.peer.operation.OperatorEndpoint] serves what the probes of a process see over HTTP;
/// the two logs write down what listeners are told. Nothing here runs on a loop but the short task
/// that copies counters, and those are asked for by at most one scrape at a time.
@NullMarked
package io.euryale.peer.operation;

import org.jspecify.annotations.NullMarked;
