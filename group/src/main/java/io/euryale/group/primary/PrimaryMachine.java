package io.euryale.group.primary;

import io.euryale.group.Configuration;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The states of [4] §5 on typed messages; [Primary] puts bytes around it. No clock, no I/O.
final class PrimaryMachine {

  /// What the machine asks for and tells.
  interface Out {
    void multicast(PrimaryMessage message);

    void persist(PrimaryRecord record);

    void moved(PrimaryState from, PrimaryState to);

    void attempted(Component component);

    void installed(Configuration regular, Component component);

    void settled(Component component);

    void concluded(Verdict verdict);
  }

  private final PeerName self;
  private final PrimaryRules rules;
  private final Out out;
  private PrimaryState state;
  private @Nullable Configuration regular;
  private PrimaryRecord record;

  /// Writes asked for and not yet durable.
  private int unwritten;

  /// Whether what this state has to say was said: its state message, or its create-primary.
  private boolean said;

  private final TreeMap<PeerName, PrimaryRecord> states;
  private final TreeSet<PeerName> creates;

  /// Starts outside of any configuration.
  ///
  /// @param durable what was last durable, or [PrimaryRecord#initial] when there is nothing
  PrimaryMachine(PeerName self, PrimaryRecord durable, PrimaryRules rules, Out out) {
    this.self = self;
    this.rules = rules;
    this.out = out;
    this.state = PrimaryState.NON_PRIM;
    this.record = rules.recovered(durable);
    this.states = new TreeMap<>();
    this.creates = new TreeSet<>();
  }

  /// The same situation with other ears.
  PrimaryMachine(PrimaryMachine other, Out out) {
    this.self = other.self;
    this.rules = other.rules;
    this.out = out;
    this.state = other.state;
    this.regular = other.regular;
    this.record = other.record;
    this.unwritten = other.unwritten;
    this.said = other.said;
    this.states = new TreeMap<>(other.states);
    this.creates = new TreeSet<>(other.creates);
  }

  void regular(Configuration configuration) {
    if (!configuration.isRegular() || !state.awaitsRegular()) {
      throw new IllegalStateException("In " + state + " there is no place for " + configuration);
    }
    PrimaryRecord before = record;
    if (rules.resolves(state)) {
      // NO: a create-primary message is missing here, so nobody got all of them as safe, and
      // nobody installed ([4] §4.1, case 3). TRANS_PRIM: what the primary delivered is known.
      record = record.resolved();
    }
    regular = configuration;
    if (rules.startsAfresh()) {
      states.clear();
    }
    creates.clear();
    move(PrimaryState.EXCHANGE_STATES);
    if (!record.equals(before)) {
      write();
    }
    speak();
  }

  void transitional(Configuration configuration) {
    if (configuration.isRegular() || regular == null) {
      throw new IllegalStateException("In " + state + " there is no place for " + configuration);
    }
    switch (state) {
      case EXCHANGE_STATES -> move(PrimaryState.NON_PRIM);
      case CONSTRUCT -> move(PrimaryState.NO);
      case REG_PRIM -> move(PrimaryState.TRANS_PRIM);
      case NON_PRIM -> {}
      default ->
          throw new IllegalStateException(
              "In " + state + " there is no place for " + configuration);
    }
  }

  /// The oldest write that was asked for is durable.
  void persisted() {
    if (unwritten == 0) {
      throw new IllegalStateException("Nothing is being written");
    }
    unwritten--;
    speak();
  }

  void message(PeerId sender, PrimaryMessage message) {
    Configuration present = regular;
    if (present == null || present.rank(sender) < 0) {
      return;
    }
    boolean current = message.configuration().equals(present.id());
    switch (message) {
      case PrimaryMessage.StateMessage told when current -> state(sender.name(), told, present);
      case PrimaryMessage.CreatePrimary told when current -> create(sender.name(), told, present);
      case PrimaryMessage.PrimaryFormed told when current -> formed(told, present);
      default -> {} // It waited while the configuration changed.
    }
  }

  private void state(PeerName sender, PrimaryMessage.StateMessage told, Configuration present) {
    if (state != PrimaryState.EXCHANGE_STATES) {
      return;
    }
    states.put(sender, told.record());
    if (states.size() == present.members().size()) {
      exchanged(present);
    }
  }

  private void exchanged(Configuration present) {
    move(PrimaryState.EXCHANGE_ACTIONS);
    Knowledge knowledge = new Knowledge(states, rules);
    PrimaryRecord before = record;
    record = knowledge.learnedBy(self, before);
    if (record.last().index() > before.last().index() && record.last().contains(self)) {
      // It was vulnerable to this attempt, or had lost the record of it.
      out.settled(record.last());
    }
    out.concluded(knowledge.verdict());
    if (knowledge.verdict() == Verdict.CONSTRUCT) {
      Component component = knowledge.next(present.id());
      record = record.trying(component, new Attempt(component, List.of(self)));
      said = false;
      move(PrimaryState.CONSTRUCT);
      if (!rules.writesFirst()) {
        sayCreate(component, present);
      }
      write();
      return;
    }
    move(PrimaryState.NON_PRIM);
    if (!record.equals(before)) {
      write();
    }
  }

  private void create(PeerName sender, PrimaryMessage.CreatePrimary told, Configuration present) {
    Attempt attempt = record.vulnerable();
    if (attempt == null || !isAbout(attempt.component(), told.index(), told.attempt())) {
      return;
    }
    if (state != PrimaryState.CONSTRUCT && state != PrimaryState.NO) {
      return;
    }
    creates.add(sender);
    if (creates.size() < present.members().size()) {
      return;
    }
    if (state == PrimaryState.CONSTRUCT) {
      install(PrimaryState.REG_PRIM, attempt.component(), present);
      out.multicast(new PrimaryMessage.PrimaryFormed(present.id(), told.index(), told.attempt()));
    } else {
      move(PrimaryState.UN);
    }
  }

  private void formed(PrimaryMessage.PrimaryFormed told, Configuration present) {
    Attempt attempt = record.vulnerable();
    if (state == PrimaryState.UN
        && attempt != null
        && isAbout(attempt.component(), told.index(), told.attempt())) {
      install(PrimaryState.TRANS_PRIM, attempt.component(), present);
    }
  }

  /// The member stays vulnerable: a crash from here on loses what this primary delivers.
  private void install(PrimaryState next, Component component, Configuration present) {
    record = record.installed(component);
    if (!rules.vulnerableInside()) {
      record = record.resolved();
    }
    move(next);
    write();
    out.installed(present, component);
  }

  private static boolean isAbout(Component component, long index, long attempt) {
    return component.index() == index && component.attempt() == attempt;
  }

  private void write() {
    unwritten++;
    out.persist(record);
  }

  /// Says what the state asks for, once everything it depends on is durable.
  private void speak() {
    Configuration present = regular;
    if (said || unwritten > 0 || present == null) {
      return;
    }
    if (state == PrimaryState.EXCHANGE_STATES) {
      said = true;
      out.multicast(new PrimaryMessage.StateMessage(present.id(), record));
    } else if (state == PrimaryState.CONSTRUCT && record.vulnerable() != null) {
      sayCreate(record.vulnerable().component(), present);
    }
  }

  private void sayCreate(Component component, Configuration present) {
    said = true;
    out.attempted(component);
    out.multicast(
        new PrimaryMessage.CreatePrimary(present.id(), component.index(), component.attempt()));
  }

  private void move(PrimaryState next) {
    if (!state.mayBecome(next)) {
      throw new IllegalStateException(state + " cannot become " + next);
    }
    PrimaryState before = state;
    state = next;
    if (next == PrimaryState.EXCHANGE_STATES) {
      said = false;
    }
    out.moved(before, next);
  }

  PrimaryState state() {
    return state;
  }

  PrimaryRecord record() {
    return record;
  }

  @Nullable Configuration regular() {
    return regular;
  }

  int unwritten() {
    return unwritten;
  }

  boolean hasSaid() {
    return said;
  }

  SortedMap<PeerName, PrimaryRecord> states() {
    return states;
  }

  SortedSet<PeerName> creates() {
    return creates;
  }
}
