package io.euryale.group.membership;

import io.euryale.kernel.PeerId;

/// Sends membership messages; any of them may be lost.
interface Voice {

  void send(long now, PeerId to, MemberMessage message);

  long jitter(long bound);
}
