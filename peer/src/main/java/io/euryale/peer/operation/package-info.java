/// How operators see a running process: health, metrics and logs.
///
/// A [io.euryale.peer.operation.Probe] looks at one peer; an
/// [io.euryale.peer.operation.OperatorEndpoint] serves what the probes of a process see over HTTP;
/// the two logs write down what listeners are told. Nothing here runs on a loop but an empty task
/// that shows that it turns, and the short task that copies state and counters of a peer, for one
/// request at a time.
@NullMarked
package io.euryale.peer.operation;

import org.jspecify.annotations.NullMarked;
