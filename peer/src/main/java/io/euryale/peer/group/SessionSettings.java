package io.euryale.peer.group;

import io.euryale.kernel.settings.Setting;
import java.time.Duration;

/// Sessions of applications in other processes.
public record SessionSettings(
    @Setting(
            about =
                "Unix domain socket for applications in other processes, at most 107 bytes; only"
                    + " this user may use it. Empty: no sessions.",
            byDefault = "\"\"")
        String socket,
    @Setting(
            about = "Sessions at a time; more are refused.",
            byDefault = "128",
            min = "1",
            max = "1024")
        int count,
    @Setting(
            about =
                "How long a process that connected may take to say who it is; too short and a busy"
                    + " machine refuses its own applications.",
            byDefault = "5s",
            min = "100ms",
            max = "60s")
        Duration helloTimeout,
    @Setting(
            about = "Groups that one session may be in.",
            byDefault = "64",
            min = "1",
            max = "1024")
        int groupsPerSession) {

  /// The defaults documented on each setting: no sessions.
  public static SessionSettings defaults() {
    return new SessionSettings("", 128, Duration.ofSeconds(5), 64);
  }

  /// With another socket.
  public SessionSettings withSocket(String path) {
    return new SessionSettings(path, count, helloTimeout, groupsPerSession);
  }
}
