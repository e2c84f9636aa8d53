package io.euryale.group.membership;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerName;

/// A peer to look for.
public record Contact(PeerName name, Endpoint endpoint) {}
