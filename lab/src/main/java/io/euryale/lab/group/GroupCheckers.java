package io.euryale.lab.group;

import io.euryale.lab.Checker;
import io.euryale.lab.Scenario.Promised;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The checkers of what group communication promises.
public final class GroupCheckers {

  private GroupCheckers() {}

  /// Fresh checkers for one run. Each event has to be given to all of them before the next one, as
  /// a simulation does; they share what they read.
  public static List<Checker> all(GroupRules rules) {
    return all(rules, new GroupEvents());
  }

  /// Like [#all], and those that can say more about real runs on one clock: they share what they
  /// read, so all are given each event before the next.
  ///
  /// @param clocked rules for the promises that need the order of events of different processes
  public static Real real(GroupRules rules, @Nullable GroupRules clocked) {
    GroupEvents events = new GroupEvents();
    return new Real(
        all(rules, events),
        clocked == null
            ? List.of()
            : List.of(new SafeChecker(events, clocked, true), new PrimaryChecker(events, clocked)));
  }

  /// The checkers for traces of real processes.
  ///
  /// @param clocked EV-8b, PC-4 and PC-5 are the promises for which these are asked
  public record Real(List<Checker> all, List<Checker> clocked) {}

  private static List<Checker> all(GroupRules rules, GroupEvents events) {
    return List.of(
        new FormChecker(events),
        new ConfigurationChecker(events),
        new SuccessionChecker(events),
        new LocalityChecker(events),
        new MessageChecker(events, true),
        new PrecedenceChecker(events),
        new StableChecker(events),
        new SelfDeliveryChecker(events, rules),
        new AtomicityChecker(events),
        new CausalChecker(events),
        new GapChecker(events),
        new SafeChecker(events, rules, true),
        new GroupLayerChecker(events, rules),
        new PrimaryChecker(events, rules),
        new MembershipLivenessChecker(events, rules),
        new DeliveryLivenessChecker(events, rules));
  }

  /// One sentence for each id that violations carry.
  public static List<Promised> promises() {
    return List.of(
        new Promised("CF-1", "who installs a configuration is its member"),
        new Promised("CF-2", "the id of a configuration means the same everywhere"),
        new Promised("CF-3", "the ids that a process installs only grow, over restarts too"),
        new Promised("CF-4", "regular and transitional configurations alternate"),
        new Promised("CF-5", "a transitional configuration has members of both its neighbours"),
        new Promised("CF-6", "who goes the same way goes through the same transitional one"),
        new Promised("CF-7", "messages are sent and delivered in the present configuration"),
        new Promised("EV-1a", "what is delivered was sent before, with the same content"),
        new Promised("EV-1b", "no life delivers a message twice"),
        new Promised("EV-1c", "a message is sent once, by a member of its configuration"),
        new Promised("EV-1d", "messages are not delivered beyond their configuration"),
        new Promised("EV-2", "configurations and ordered messages fit one logical time"),
        new Promised("EV-3a", "at the end all members of a configuration are in it"),
        new Promised("EV-3b", "every life begins with a regular configuration"),
        new Promised("EV-3c", "no configuration is used before it is installed or after the next"),
        new Promised("EV-4", "a process delivers its own messages before it goes on"),
        new Promised("EV-5", "who goes on together has delivered the same set"),
        new Promised("EV-6", "causes are delivered before effects, sequences without gaps"),
        new Promised("EV-7a", "ordered messages are delivered in one order"),
        new Promised("EV-7b", "nothing of a member is left out of the order"),
        new Promised("EV-8a", "a safe message is delivered by every member that lives on"),
        new Promised("EV-8b", "a safe message finds its configuration installed by everybody"),
        new Promised("EV-9", "the views of named groups keep the same promises, without ghosts"),
        new Promised("PC-1", "primaries form one chain with one index each"),
        new Promised("PC-2", "somebody goes from each primary to the next"),
        new Promised("PC-3", "each primary holds a quorum of the one before"),
        new Promised("PC-4", "a quorum has left a primary before the next is installed"),
        new Promised("PC-5", "nothing sent in a primary becomes safe in it after the next exists"),
        new Promised("PC-6", "everybody agrees what a primary is"),
        new Promised("LV-1", "who hears each other soon shares one configuration"),
        new Promised("LV-2", "after that no configuration is installed"),
        new Promised("LV-3", "after that messages soon reach all members"),
        new Promised("LV-4", "links that work one way only do not keep members from settling"),
        new Promised("LV-5", "after that no message is stuck in its queue"),
        new Promised("X-2", "the trace can be read and shows messages"));
  }
}
