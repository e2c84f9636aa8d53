package io.euryale.lab.group;

import io.euryale.group.ConfigurationId;
import io.euryale.group.Service;
import io.euryale.group.membership.MemberCore;
import io.euryale.group.membership.MembershipRules;
import io.euryale.group.order.OrderRules;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

/// Bugs that can be planted into group members, each with the checker that has to find it.
final class PlantedGroupBugs {

  /// @param checker the promise that the bug breaks
  /// @param schedule the schedule of a seed
  /// @param seeds of the schedules that show the bug: the first one does today, the others when
  /// members act at other times than today
  /// @param showsWithoutFaults whether it needs nothing to go wrong
  record Planted(
      String name,
      String checker,
      GroupRun.Rules rules,
      LongFunction<GroupPlan> schedule,
      boolean isDirected,
      List<Long> seeds,
      boolean showsWithoutFaults) {

    Planted by(LongFunction<GroupPlan> directed) {
      return new Planted(name, checker, rules, directed, true, seeds, showsWithoutFaults);
    }

    Planted seeds(long... some) {
      List<Long> all = LongStream.of(some).boxed().toList();
      return new Planted(name, checker, rules, schedule, isDirected, all, showsWithoutFaults);
    }

    Planted shows() {
      return new Planted(name, checker, rules, schedule, isDirected, seeds, true);
    }

    @Override
    public String toString() {
      return name + " (" + checker + ")";
    }
  }

  private PlantedGroupBugs() {}

  static List<Planted> all() {
    List<Planted> bugs = new ArrayList<>();
    bugs.add(
        order(
                "an agreed packet is delivered before the gap before it is filled",
                "EV-7a",
                new OrderRules() {
                  @Override
                  protected boolean hasItsPlace(
                      Service service, long time, long line, long stableLine) {
                    return time <= line + 1
                        && super.hasItsPlace(service, time, line + 1, stableLine);
                  }
                })
            .seeds(9, 10, 14, 11));
    bugs.add(
        order(
                "a safe packet is delivered when this member holds it",
                "EV-8a",
                new OrderRules() {
                  @Override
                  protected boolean hasItsPlace(
                      Service service, long time, long line, long stableLine) {
                    return time <= line;
                  }
                })
            .seeds(1, 23, 34));
    bugs.add(
        order(
                "a safe packet waits for one other member only",
                "EV-8a",
                new OrderRules() {
                  @Override
                  protected long stable(long least, long line) {
                    return Math.max(least, line);
                  }
                })
            .seeds(1, 8, 10));
    bugs.add(
        order(
                "packets are forgotten when this member holds them",
                "LV-1",
                new OrderRules() {
                  @Override
                  protected long forgetUpTo(long line, long stableLine) {
                    return line;
                  }
                })
            .by(Directed::cutInTraffic)
            .seeds(6, 7, 11, 1, 2, 3, 4, 5));
    bugs.add(
        order(
                "a causal packet does not wait for its causes",
                "EV-6",
                new OrderRules() {
                  @Override
                  protected boolean waitsForCauses() {
                    return false;
                  }
                })
            .seeds(3, 17, 76));
    bugs.add(
        order(
                "what is left at a change of the configuration is dropped",
                "EV-4",
                new OrderRules() {
                  @Override
                  protected boolean deliversRecovered() {
                    return false;
                  }
                })
            .seeds(1, 2, 4));
    bugs.add(
        order(
                "members send on while they recover",
                "EV-1d",
                new OrderRules() {
                  @Override
                  protected boolean fallsSilent() {
                    return false;
                  }
                })
            .seeds(9, 29, 48));
    bugs.add(
        order(
                "effects are delivered after a change although their causes are lost",
                "EV-6",
                new OrderRules() {
                  @Override
                  protected boolean dropsOrphans() {
                    return false;
                  }
                })
            .by(Directed::lostCauses)
            .seeds(1, 2, 3, 4, 5));
    bugs.add(
        order(
                "a member forgets its obligation when the configuration changes again",
                "EV-8a",
                new OrderRules() {
                  @Override
                  protected boolean isObliged() {
                    return false;
                  }
                })
            .by(Directed::cutWhileInstalling)
            .seeds(8, 9, 10, 6, 12, 14, 4, 18));
    bugs.add(
        order(
                "missing packets are not asked for",
                "LV-3",
                new OrderRules() {
                  @Override
                  protected boolean repairs() {
                    return false;
                  }
                })
            .seeds(8, 17, 63));
    bugs.add(
        order(
                "a packet that comes twice is delivered twice",
                "EV-1b",
                new OrderRules() {
                  @Override
                  protected boolean dropsRepetitions() {
                    return false;
                  }
                })
            .seeds(5, 59, 78)
            .shows());
    bugs.add(
        order(
                "packets of another configuration are taken",
                "EV-1d",
                new OrderRules() {
                  @Override
                  protected boolean tellsConfigurationsApart() {
                    return false;
                  }
                })
            .seeds(34, 45));
    bugs.add(
        order(
                "members that go on together do not exchange what they hold",
                "EV-5",
                new OrderRules() {
                  @Override
                  protected boolean joinsHoldings() {
                    return false;
                  }
                })
            .seeds(23, 24, 33));
    bugs.add(
        order(
                "timestamps are compared in too few bits",
                "EV-2",
                new OrderRules() {
                  @Override
                  protected long compared(long time) {
                    return time & 0x3F;
                  }
                })
            .by(Directed::cutInTraffic)
            .seeds(1, 4, 6, 7, 12, 20));
    bugs.add(
        order(
                "the window never opens again",
                "LV-5",
                new OrderRules() {
                  @Override
                  protected boolean reopensWindow() {
                    return false;
                  }
                })
            .seeds(35, 49, 112)
            .shows());
    bugs.add(
        order(
                "a piece of a reliable message is forgotten before the message is whole",
                "EV-4",
                new OrderRules() {
                  @Override
                  protected boolean keepsPieces() {
                    return false;
                  }
                })
            .seeds(65, 444, 699));
    bugs.add(
        order(
                "a member delivers at a change by what it alone knows",
                "EV-5",
                new OrderRules() {
                  @Override
                  protected boolean deliversByMergedKnowledge() {
                    return false;
                  }
                })
            .seeds(183, 189, 191));
    bugs.add(
        membership(
                "an id with a number promised before is followed",
                "CF-3",
                new MembershipRules() {
                  @Override
                  protected boolean isNewer(ConfigurationId id, ConfigurationId promised) {
                    return id.compareTo(promised) > 0;
                  }
                })
            .by(Directed::equalNumbers)
            .seeds(5, 6, 7, 3, 4, 8));
    bugs.add(
        membership(
                "promised numbers are forgotten in a crash",
                "CF-3",
                new MembershipRules() {
                  @Override
                  protected boolean remembersNumbers() {
                    return false;
                  }
                })
            .seeds(21, 30, 36));
    bugs.add(
        membership(
                "no transitional configuration when all go on together",
                "CF-4",
                new MembershipRules() {
                  @Override
                  protected boolean alwaysTransitional() {
                    return false;
                  }
                })
            .seeds(2, 18, 37));
    bugs.add(
        membership(
                "the coordinator does not wait until all hold the union",
                "EV-5",
                new MembershipRules() {
                  @Override
                  protected boolean waitsForRecovery() {
                    return false;
                  }
                })
            .seeds(33, 34, 39));
    bugs.add(
        membership(
                "a link counts when one side hears the other",
                "LV-4",
                new MembershipRules() {
                  @Override
                  protected boolean hearsBothWays() {
                    return false;
                  }
                })
            .seeds(13));
    bugs.add(
        membership(
                "the coordinator proposes for ever",
                "LV-2",
                new MembershipRules() {
                  @Override
                  protected boolean rests() {
                    return false;
                  }
                })
            .seeds(1, 2, 3)
            .shows());
    bugs.add(
        membership(
                "members of the old configuration that come another way count as together",
                "CF-5",
                new MembershipRules() {
                  @Override
                  protected boolean togetherMeansSameOrigin() {
                    return false;
                  }
                })
            .seeds(1, 2, 7));
    bugs.add(
        membership(
                "the new configuration is entered while members are in the old one",
                "PC-4",
                new MembershipRules() {
                  @Override
                  protected boolean waitsForLeaving() {
                    return false;
                  }
                })
            .seeds(1, 2, 3));
    bugs.add(
        membership(
                "a member that was not told that all left votes nevertheless",
                "PC-4",
                new MembershipRules() {
                  @Override
                  protected boolean votesInOrderOnly() {
                    return false;
                  }
                })
            .by(Directed::lateLeaving)
            .seeds(8, 9, 10, 1, 2, 3));
    bugs.add(
        membership(
                "a merge forgets what members but one of an old configuration hold",
                "EV-5",
                new MembershipRules() {
                  @Override
                  protected boolean joinsEveryOrigin() {
                    return false;
                  }
                })
            .seeds(1, 33, 39));
    return bugs;
  }

  private static Planted order(String name, String checker, OrderRules rules) {
    return planted(
        name,
        checker,
        new GroupRun.Rules(rules, MembershipRules.SOUND, MemberCore::recordedPrimary));
  }

  private static Planted membership(String name, String checker, MembershipRules rules) {
    return planted(
        name, checker, new GroupRun.Rules(OrderRules.SOUND, rules, MemberCore::recordedPrimary));
  }

  private static Planted planted(String name, String checker, GroupRun.Rules rules) {
    return new Planted(
        name, checker, rules, seed -> GroupPlan.draw(seed, 0).unnamed(), false, List.of(1L), false);
  }
}
