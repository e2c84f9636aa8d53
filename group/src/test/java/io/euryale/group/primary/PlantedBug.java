package io.euryale.group.primary;

import io.euryale.kernel.PeerName;
import java.util.List;
import java.util.Set;

/// Ways to get it wrong, each with the property that shows it. The exploration has to find them
/// all: that is how it proves that it can fail.
enum PlantedBug {
  HALF_IS_ENOUGH(
      new World.Budget(2, 0, 0, 0),
      Charter.of(1, Voter.of("a", 2), Voter.of("b", 1), Voter.of("c", 1)),
      "PC-1",
      "PC-3") {
    @Override
    PrimaryRules rules() {
      return new PrimaryRules() {
        @Override
        boolean isQuorum(long present, long total, boolean distinguishedPresent) {
          return 2 * present >= total;
        }
      };
    }
  },
  QUORUM_OF_ALL_DECLARED(new World.Budget(3, 0, 0, 0), thirds(1), "PC-3") {
    @Override
    PrimaryRules rules() {
      return new PrimaryRules() {
        @Override
        Component electorate(Component last, Charter charter) {
          return charter.origin();
        }
      };
    }
  },
  CREATE_BEFORE_RECORD(new World.Budget(3, 2, 0, 0), thirds(1), "PC-1") {
    @Override
    PrimaryRules rules() {
      return new PrimaryRules() {
        @Override
        boolean writesFirst() {
          return false;
        }
      };
    }
  },
  UNDECIDED_MEANS_NO(new World.Budget(2, 0, 0, 0), thirds(1), "PC-1") {
    @Override
    PrimaryRules rules() {
      return new PrimaryRules() {
        @Override
        boolean resolves(PrimaryState state) {
          return super.resolves(state) || state == PrimaryState.UN;
        }
      };
    }
  },
  NO_MEANS_UNDECIDED(new World.Budget(2, 0, 0, 0), thirds(1), "RE-11") {
    @Override
    PrimaryRules rules() {
      return new PrimaryRules() {
        @Override
        boolean resolves(PrimaryState state) {
          return state == PrimaryState.TRANS_PRIM;
        }
      };
    }
  },
  CRASH_FORGETS_VULNERABILITY(new World.Budget(3, 2, 0, 0), thirds(1), "PC-1") {
    @Override
    PrimaryRules rules() {
      return new PrimaryRules() {
        @Override
        PrimaryRecord recovered(PrimaryRecord durable) {
          return durable.resolved();
        }
      };
    }
  },
  INSTALLING_ENDS_VULNERABILITY(new World.Budget(3, 2, 0, 1), thirds(1), "RE-7") {
    @Override
    PrimaryRules rules() {
      return new PrimaryRules() {
        @Override
        boolean vulnerableInside() {
          return false;
        }
      };
    }
  },
  VULNERABLE_MEMBERS_VOTE(new World.Budget(2, 1, 0, 0), thirds(1), "PC-1") {
    @Override
    PrimaryRules rules() {
      return new PrimaryRules() {
        @Override
        boolean blocks() {
          return false;
        }
      };
    }
  },
  TOGETHER_MEANS_FAILED(new World.Budget(3, 2, 0, 0), thirds(1), "PC-1", "PC-6") {
    @Override
    PrimaryRules rules() {
      return new PrimaryRules() {
        @Override
        boolean togetherMeansInstalled() {
          return false;
        }
      };
    }
  },
  WEIGHTS_IGNORED(
      new World.Budget(2, 0, 0, 0),
      Charter.of(1, Voter.of("a", 2), Voter.of("b", 1), Voter.of("c", 1)),
      "PC-1",
      "PC-3") {
    @Override
    PrimaryRules rules() {
      return new PrimaryRules() {
        @Override
        long weight(Voter voter) {
          return 1;
        }
      };
    }
  },
  MINIMUM_IGNORED(new World.Budget(2, 0, 0, 0), thirds(2), "PC-3") {
    @Override
    PrimaryRules rules() {
      return new PrimaryRules() {
        @Override
        boolean isLargeEnough(long weight, Charter charter) {
          return true;
        }
      };
    }
  },
  STATES_OF_BEFORE_COUNT(new World.Budget(3, 1, 0, 0), thirds(1), "PC-1", "PC-3") {
    @Override
    PrimaryRules rules() {
      return new PrimaryRules() {
        @Override
        boolean startsAfresh() {
          return false;
        }
      };
    }
  },
  LOST_RECORDS_VOTE(new World.Budget(3, 1, 1, 0), thirds(2), "PC-1", "PC-3") {
    @Override
    PrimaryRules rules() {
      return new PrimaryRules() {
        @Override
        boolean counts(PrimaryRecord record, boolean firstStart, boolean everyVoter) {
          return true;
        }
      };
    }

    @Override
    void prepare(World world) {
      world.settle();
      world.regroup(0b011, 0);
      world.settle(); // P1 is a, b, c; P2 is a, b.
    }
  };

  final World.Budget most;
  final Charter charter;
  final Set<String> properties;

  PlantedBug(World.Budget most, Charter charter, String... properties) {
    this.most = most;
    this.charter = charter;
    this.properties = Set.of(properties);
  }

  abstract PrimaryRules rules();

  /// What happens before anything may go wrong.
  void prepare(World world) {}

  /// Looks with one fault, then two, and so on.
  Exploration.Result hunt() {
    Exploration.Result result = null;
    for (int faults = 1; faults <= most.faults(); faults++) {
      result = explored(rules(), faults);
      if (!result.isSound()) {
        return result;
      }
    }
    if (result == null) {
      throw new IllegalStateException("no budget");
    }
    return result;
  }

  private Exploration.Result explored(PrimaryRules rules, int faults) {
    World.Budget budget = new World.Budget(faults, most.crashes(), most.wipes(), most.actions());
    World world = start(charter, rules, budget, true);
    prepare(world);
    return new Exploration(false).from(world);
  }

  /// All in one regular configuration, their state messages under way.
  static World start(Charter charter, PrimaryRules rules, World.Budget budget, boolean eager) {
    List<PeerName> names = charter.voters().stream().map(Voter::name).toList();
    World world = new World(new World.Setting(names, charter, rules), budget, eager);
    world.regroup((1 << names.size()) - 1, 0);
    return world;
  }

  static Charter thirds(long minimum) {
    return Charter.of(minimum, Voter.of("a", 1), Voter.of("b", 1), Voter.of("c", 1));
  }
}
