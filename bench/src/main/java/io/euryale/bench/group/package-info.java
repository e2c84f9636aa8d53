/// `bench group`: latency, throughput and times of configuration changes of group communication, in
/// one run with JGroups, and a comparison of ways to order messages (`bench group --orders`).
///
/// Each member of a system under test is a JVM of its own ([MemberProcess]) behind the interface
/// [Member]; all members run on loopback and are told what to do by lines on their standard input.
@NullMarked
package io.euryale.bench.group;

import org.jspecify.annotations.NullMarked;
