package io.euryale.group.membership;

import io.euryale.group.Configuration;
import io.euryale.group.ConfigurationId;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.trace.TraceEvent;
import java.util.List;

/// Trace events of configurations.
final class Traces {

  private Traces() {}

  static List<String> members(List<PeerId> members) {
    return members.stream().map(PeerId::toString).toList();
  }

  static TraceEvent install(Configuration configuration) {
    ConfigurationId origin = configuration.origin();
    return origin == null
        ? TraceEvent.of(
            "INSTALL",
            "x",
            configuration.id().toString(),
            "kind",
            "REG",
            "members",
            members(configuration.members()))
        : TraceEvent.of(
            "INSTALL",
            "x",
            configuration.id().toString(),
            "kind",
            "TRANS",
            "members",
            members(configuration.members()),
            "origin",
            origin.toString());
  }
}
