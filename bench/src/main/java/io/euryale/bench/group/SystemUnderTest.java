package io.euryale.bench.group;

import io.euryale.bench.group.pattern.LamportOrder;
import io.euryale.bench.group.pattern.NumberFirstOrder;
import io.euryale.bench.group.pattern.SequencerOrder;
import io.euryale.bench.group.pattern.TokenOrder;
import io.euryale.group.Service;
import java.util.List;
import java.util.Optional;

/// What can be measured.
enum SystemUnderTest {
  EURYALE("Euryale") {
    @Override
    Member member(Seat seat) {
      return new EuryaleMember(seat);
    }

    @Override
    List<Service> services() {
      return EuryaleMember.SERVICES;
    }
  },
  /// Its named groups, of which members come and go while the peers stay.
  EURYALE_NAMED("Euryale, named group") {
    @Override
    Member member(Seat seat) {
      return new NamedGroupMember(seat);
    }

    @Override
    List<Service> services() {
      return List.of();
    }
  },
  JGROUPS_UDP("JGroups UDP") {
    @Override
    Member member(Seat seat) {
      return new JGroupsMember(seat, JGroupsStack.of(seat, true, false));
    }

    @Override
    Optional<String> stack(Seat seat) {
      return Optional.of(JGroupsStack.of(seat, true, false));
    }

    @Override
    List<Service> services() {
      return JGroupsMember.SERVICES;
    }
  },
  JGROUPS_TCP("JGroups TCP") {
    @Override
    Member member(Seat seat) {
      return new JGroupsMember(seat, JGroupsStack.of(seat, false, false));
    }

    @Override
    Optional<String> stack(Seat seat) {
      return Optional.of(JGroupsStack.of(seat, false, false));
    }

    @Override
    List<Service> services() {
      return JGroupsMember.SERVICES;
    }
  },
  /// With a failure timeout of a second like Euryale's, instead of the 40 s it has as shipped.
  JGROUPS_UDP_QUICK("JGroups UDP, quick detection") {
    @Override
    Member member(Seat seat) {
      return new JGroupsMember(seat, JGroupsStack.of(seat, true, true));
    }

    @Override
    Optional<String> stack(Seat seat) {
      return Optional.of(JGroupsStack.of(seat, true, true));
    }

    @Override
    List<Service> services() {
      return JGroupsMember.SERVICES;
    }
  },
  /// Over TCP, because two members on one machine cannot be parted from multicasts.
  JGROUPS_TCP_QUICK("JGroups TCP, quick detection") {
    @Override
    Member member(Seat seat) {
      return new JGroupsMember(seat, JGroupsStack.of(seat, false, true));
    }

    @Override
    Optional<String> stack(Seat seat) {
      return Optional.of(JGroupsStack.of(seat, false, true));
    }

    @Override
    List<Service> services() {
      return JGroupsMember.SERVICES;
    }
  },
  LAMPORT_LINES("Lamport time, lines") {
    @Override
    Member member(Seat seat) {
      return new PatternMember(
          seat, (self, members, port) -> new LamportOrder(self, members, port, false));
    }

    @Override
    List<Service> services() {
      return PatternMember.SERVICES;
    }
  },
  LAMPORT_VECTORS("Lamport time, vectors") {
    @Override
    Member member(Seat seat) {
      return new PatternMember(
          seat, (self, members, port) -> new LamportOrder(self, members, port, true));
    }

    @Override
    List<Service> services() {
      return PatternMember.SERVICES;
    }
  },
  SEQUENCER("sequencer") {
    @Override
    Member member(Seat seat) {
      return new PatternMember(seat, SequencerOrder::new);
    }

    @Override
    List<Service> services() {
      return PatternMember.SERVICES;
    }
  },
  NUMBER_FIRST("sequencer, number first") {
    @Override
    Member member(Seat seat) {
      return new PatternMember(seat, NumberFirstOrder::new);
    }

    @Override
    List<Service> services() {
      return PatternMember.SERVICES;
    }
  },
  TOKEN("token ring") {
    @Override
    Member member(Seat seat) {
      return new PatternMember(
          seat, (self, members, port) -> new TokenOrder(self, members, port, false));
    }

    @Override
    List<Service> services() {
      return PatternMember.SERVICES;
    }
  },
  TOKEN_ACCELERATED("accelerated ring") {
    @Override
    Member member(Seat seat) {
      return new PatternMember(
          seat, (self, members, port) -> new TokenOrder(self, members, port, true));
    }

    @Override
    List<Service> services() {
      return PatternMember.SERVICES;
    }
  };

  private final String label;

  SystemUnderTest(String label) {
    this.label = label;
  }

  /// The name for people.
  String label() {
    return label;
  }

  /// The systems whose latency and throughput are measured.
  static List<SystemUnderTest> measured(boolean orders) {
    return orders
        ? List.of(LAMPORT_LINES, LAMPORT_VECTORS, SEQUENCER, NUMBER_FIRST, TOKEN, TOKEN_ACCELERATED)
        : List.of(EURYALE, JGROUPS_UDP, JGROUPS_TCP);
  }

  /// The systems whose configuration changes are measured.
  static List<SystemUnderTest> faulted(boolean quick) {
    return quick
        ? List.of(EURYALE, JGROUPS_UDP_QUICK)
        : List.of(EURYALE, JGROUPS_UDP, JGROUPS_TCP, JGROUPS_UDP_QUICK, JGROUPS_TCP_QUICK);
  }

  /// The systems whose members can be parted.
  static List<SystemUnderTest> parted() {
    return List.of(EURYALE, JGROUPS_TCP_QUICK);
  }

  /// Whether it has this service.
  boolean takes(Load load) {
    return services().contains(load.service());
  }

  /// Whether it knows a primary component.
  boolean hasPrimary() {
    return this == EURYALE;
  }

  /// Whether a silent member is found within seconds.
  boolean findsSilence() {
    return this != JGROUPS_UDP && this != JGROUPS_TCP;
  }

  /// What the system is configured with, as text.
  Optional<String> stack(Seat seat) {
    return Optional.empty();
  }

  abstract Member member(Seat seat);

  abstract List<Service> services();
}
