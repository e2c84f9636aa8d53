package io.euryale.peer.result;

import io.euryale.platform.MachineFacts;

/// Where a run took place.
///
/// @param cores processors that the JVM may use
/// @param memory bytes that the machine, or the process's control group, has
/// @param kernel name and release of the operating system's kernel
/// @param jdk version and vendor of the Java runtime
/// @param commit of the sources, or `unknown`
public record Environment(int cores, long memory, String kernel, String jdk, String commit) {

  /// The facts of this process; the commit is looked up below `EURYALE_HOME`.
  public static Environment ofThisMachine() {
    MachineFacts facts = MachineFacts.read();
    return new Environment(
        facts.cores(),
        facts.memoryMib() << 20,
        facts.kernel(),
        facts.jdk(),
        SourceCommit.of(System.getenv("EURYALE_HOME")));
  }
}
