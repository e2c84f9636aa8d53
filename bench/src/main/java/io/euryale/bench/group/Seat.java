package io.euryale.bench.group;

import java.nio.file.Path;
import java.util.List;

/// One member's place in a crew: everything its process has to be told to take part.
///
/// @param system what it is a member of
/// @param index 0 to `members` - 1
/// @param members how many the crew has
/// @param port the first of the ports that are free for this crew: member i may use `port + i` and,
///     for a second socket, `port + members + i`
/// @param addresses the address of each member; loopback unless the crew lives in a network
///     namespace of its own
record Seat(SystemUnderTest system, int index, int members, int port, List<String> addresses) {

  Seat {
    addresses = List.copyOf(addresses);
  }

  /// A seat where everybody is at 127.0.0.1.
  static Seat onLoopback(SystemUnderTest system, int index, int members, int port) {
    return new Seat(system, index, members, port, List.of("127.0.0.1"));
  }

  String address(int member) {
    return addresses.get(Math.min(member, addresses.size() - 1));
  }

  String name() {
    return "m" + index;
  }

  /// Where the members of this crew keep what must outlive a process, each in a directory of its
  /// own.
  Path directory() {
    return Path.of(System.getProperty("java.io.tmpdir"), "euryale-bench-group-" + port);
  }

  /// The arguments of [MemberProcess].
  List<String> words() {
    return List.of(
        system.name(),
        Integer.toString(index),
        Integer.toString(members),
        Integer.toString(port),
        String.join(",", addresses));
  }

  static Seat of(List<String> words) {
    return new Seat(
        SystemUnderTest.valueOf(words.get(0)),
        Integer.parseInt(words.get(1)),
        Integer.parseInt(words.get(2)),
        Integer.parseInt(words.get(3)),
        List.of(words.get(4).split(",")));
  }

  Member open() {
    return system.member(this);
  }
}
