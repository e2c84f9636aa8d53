package io.euryale.group.primary;

import io.euryale.group.Configuration;
import io.euryale.group.ConfigurationId;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A few members over a correct model of extended virtual synchrony, as one value that can be
/// copied, hashed and stepped in every possible way.
///
/// A [View] is a regular configuration with the total order of the SAFE messages bound to it.
///
/// - A member delivers in the regular configuration a prefix of that order, as far as everybody
///   may hold it: up to `limit`.
/// - Members leave for another configuration together (`regroup`), having delivered the same.
///   They deliver the rest of what they hold in the transitional configuration: everything that
///   anybody delivered in the regular one (EV-8), everything of those that go along (EV-4,
///   EV-7), and of each other sender any prefix of the remaining (EV-6). From then on the first
///   message that they do not hold cannot become safe for those that stay: `limit`. These are
///   the three cases of [4] §4.1.
/// - A crashed member holds nothing that is sent later.
/// - What a member multicasts waits in its queue; when the configuration changes first, it is
///   bound to the next one.
/// - Writes become durable in order, at any time; a crash keeps any prefix of them.
///
/// Processing of a transitional configuration is one step: others cannot see inside it.
final class World {

  static final int MAX = 5;

  /// What does not change in a run.
  record Setting(List<PeerName> names, Charter charter, PrimaryRules rules) {
    int size() {
      return names.size();
    }
  }

  /// How much may still go wrong.
  record Budget(int faults, int crashes, int wipes, int actions) {}

  /// A message in the total order; null stands for an application's action.
  record Sent(int sender, @Nullable PrimaryMessage message, long chainThen) {}

  record Write(PrimaryRecord record, int known) {}

  static final class View {
    final Configuration configuration;
    final int members;
    int inside;
    final List<Sent> log;
    int limit = Integer.MAX_VALUE;
    int seen;

    View(Configuration configuration, int members) {
      this.configuration = configuration;
      this.members = members;
      this.inside = members;
      this.log = new ArrayList<>();
    }

    View(View other) {
      configuration = other.configuration;
      members = other.members;
      inside = other.inside;
      log = new ArrayList<>(other.log);
      limit = other.limit;
      seen = other.seen;
    }

    int deliverable() {
      return Math.min(limit, log.size());
    }
  }

  static final class Server {
    @Nullable PrimaryMachine machine;
    int view = -1;
    int delivered;
    List<Sent> queue = new ArrayList<>();
    List<Write> pending = new ArrayList<>();
    @Nullable PrimaryRecord durable;

    /// Actions it knows, and knows durably; bits.
    int known;
    int durableKnown;

    /// Whose create-primary messages it delivered in this configuration; bits.
    int creates;

    Server() {}

    Server(Server other) {
      view = other.view;
      delivered = other.delivered;
      queue = new ArrayList<>(other.queue);
      pending = new ArrayList<>(other.pending);
      durable = other.durable;
      known = other.known;
      durableKnown = other.durableKnown;
      creates = other.creates;
    }
  }

  final Setting setting;
  Budget budget;

  /// Whether (a planted bug) state messages outlive their exchange.
  final boolean remembersStates;
  final Server[] servers;
  final View[] views;
  final Chain chain;
  private int numbers;

  /// Members told of a primary by the step under way.
  private int told;

  private int ownServers;
  private int ownViews;

  /// Whether steps that nobody can tell apart are taken as one: a message is bound at once, and
  /// deliveries that complete no round go with the one that does.
  final boolean eager;

  /// All members up and quiet in configurations of their own, never started before.
  World(Setting setting, Budget budget, boolean eager) {
    this.setting = setting;
    this.eager = eager;
    this.remembersStates = !setting.rules().startsAfresh();
    this.ownServers = -1;
    this.ownViews = -1;
    this.budget = budget;
    servers = new Server[setting.size()];
    views = new View[setting.size()];
    chain = new Chain(setting);
    for (int p = 0; p < servers.length; p++) {
      servers[p] = new Server();
    }
    for (int p = 0; p < servers.length; p++) {
      boot(p);
    }
    settle();
  }

  World(World other) {
    setting = other.setting;
    budget = other.budget;
    numbers = other.numbers;
    chain = new Chain(other.chain);
    servers = new Server[other.servers.length];
    views = new View[other.views.length];
    eager = other.eager;
    remembersStates = other.remembersStates;
    System.arraycopy(other.servers, 0, servers, 0, servers.length);
    System.arraycopy(other.views, 0, views, 0, views.length);
  }

  /// A server to be changed: copies share what they do not change.
  private Server change(int p) {
    if ((ownServers & 1 << p) == 0) {
      ownServers |= 1 << p;
      PrimaryMachine machine = servers[p].machine;
      servers[p] = new Server(servers[p]);
      if (machine != null) {
        servers[p].machine = new PrimaryMachine(machine, new Ears(p));
      }
    }
    return servers[p];
  }

  /// A view to be changed.
  private View changeView(int v) {
    if ((ownViews & 1 << v) == 0) {
      ownViews |= 1 << v;
      views[v] = new View(viewAt(v));
    }
    return viewAt(v);
  }

  boolean isUp(int p) {
    return servers[p].machine != null;
  }

  /// The machine of a member, to be changed.
  private PrimaryMachine machine(int p) {
    PrimaryMachine machine = change(p).machine;
    if (machine == null) {
      throw new IllegalStateException("down");
    }
    return machine;
  }

  PeerId id(int p) {
    return new PeerId(setting.names().get(p), 1);
  }

  int bit(PeerName name) {
    return 1 << setting.names().indexOf(name);
  }

  // ---- the steps of members and network ----

  /// After a step: takes along what has no meaning of its own. A write that only keeps what was
  /// learned may as well be done: losing it in a crash is like crashing before learning, which
  /// nobody else can tell apart. The writes of attempts and of installed primaries are never
  /// taken along, nor that of somebody who was just told that it had formed one.
  void tidy() {
    for (boolean moved = eager; moved; ) {
      moved = false;
      for (int p = 0; p < servers.length; p++) {
        PrimaryMachine machine = servers[p].machine;
        if (machine == null || (told & 1 << p) != 0) {
          continue;
        }
        boolean learning =
            machine.state() == PrimaryState.EXCHANGE_STATES
                || machine.state() == PrimaryState.NON_PRIM;
        if (learning && servers[p].pending.size() == 1) {
          write(p);
          moved = true;
        }
        if (machine.state() == PrimaryState.EXCHANGE_STATES
            && Integer.bitCount(view(p).members) == 1
            && canDeliver(p)) {
          moved |= deliver(p);
        }
      }
    }
    told = 0;
  }

  boolean canSend(int p) {
    return isUp(p) && !servers[p].queue.isEmpty();
  }

  void send(int p) {
    Sent sent = change(p).queue.removeFirst();
    changeView(servers[p].view).log.add(new Sent(p, sent.message(), chain.highest()));
  }

  boolean canDeliver(int p) {
    return isUp(p) && servers[p].delivered < view(p).deliverable();
  }

  /// Delivers the next message; if eager, up to the next one that has an effect.
  ///
  /// @return whether it had one
  boolean deliver(int p) {
    do {
      View view = changeView(servers[p].view);
      PrimaryState before = machine(p).state();
      Sent sent = view.log.get(change(p).delivered++);
      view.seen = Math.max(view.seen, servers[p].delivered);
      hear(p, sent, true);
      if (!eager || sent.message() == null || machine(p).state() != before) {
        return true;
      }
    } while (canDeliver(p));
    return false;
  }

  boolean canWrite(int p) {
    return isUp(p) && !servers[p].pending.isEmpty();
  }

  void write(int p) {
    Server server = change(p);
    Write write = server.pending.removeFirst();
    server.durable = write.record();
    server.durableKnown |= write.known();
    machine(p).persisted();
  }

  /// An application of a member of the primary component multicasts an action.
  boolean canAct(int p) {
    PrimaryMachine machine = servers[p].machine;
    return budget.actions() > 0 && machine != null && machine.state() == PrimaryState.REG_PRIM;
  }

  void act(int p) {
    budget = new Budget(budget.faults(), budget.crashes(), budget.wipes(), budget.actions() - 1);
    change(p).known |= 1;
    servers[p].durableKnown |= 1; // An engine writes its own actions before it sends them.
    changeView(servers[p].view).log.add(new Sent(p, null, chain.highest()));
  }

  void crash(int p, int durableWrites) {
    budget =
        new Budget(budget.faults() - 1, budget.crashes() - 1, budget.wipes(), budget.actions());
    Server server = change(p);
    for (Write write : server.pending.subList(0, durableWrites)) {
      server.durable = write.record();
      server.durableKnown |= write.known();
    }
    View view = changeView(server.view);
    view.limit = Math.min(view.limit, view.log.size());
    leave(p);
    chain.left(p);
    server.machine = null;
    server.pending.clear();
    server.queue.clear();
    server.known = 0;
    server.creates = 0;
  }

  void wipe(int p) {
    budget =
        new Budget(budget.faults() - 1, budget.crashes(), budget.wipes() - 1, budget.actions());
    change(p).durable = null;
    servers[p].durableKnown = 0;
  }

  /// Starts or recovers; its first configuration is its own.
  void boot(int p) {
    Server server = change(p);
    PrimaryRecord start =
        server.durable == null ? PrimaryRecord.initial(setting.charter()) : server.durable;
    server.known = server.durableKnown;
    server.machine =
        new PrimaryMachine(setting.names().get(p), start, setting.rules(), new Ears(p));
    enter(1 << p);
  }

  /// All senders outside of a leaving set, per view: how many choices there are of what is held.
  int regroupings(int mask) {
    int choices = 1;
    for (int v = 0; v < views.length; v++) {
      int leaving = inside(v) & mask;
      if (leaving == 0) {
        continue;
      }
      int delivered = servers[Integer.numberOfTrailingZeros(leaving)].delivered;
      for (int p = 0; p < servers.length; p++) {
        if ((leaving & 1 << p) != 0 && servers[p].delivered != delivered) {
          return 0;
        }
        choices *= 1 + unsure(v, leaving, p);
      }
    }
    return choices;
  }

  /// How many messages of a sender that does not come along may be missing.
  private int unsure(int v, int leaving, int sender) {
    View view = viewAt(v);
    if ((leaving & 1 << sender) != 0) {
      return 0;
    }
    int unsure = 0;
    for (int i = view.seen; i < view.log.size(); i++) {
      unsure += view.log.get(i).sender() == sender ? 1 : 0;
    }
    return unsure;
  }

  /// These members install a common regular configuration next.
  void regroup(int mask, int choice) {
    int rest = choice;
    for (int v = 0; v < views.length; v++) {
      int leaving = inside(v) & mask;
      if (leaving == 0) {
        continue;
      }
      int[] held = new int[servers.length];
      for (int p = 0; p < servers.length; p++) {
        int options = 1 + unsure(v, leaving, p);
        held[p] = rest % options;
        rest /= options;
      }
      leaveTogether(v, leaving, held);
    }
    enter(mask);
  }

  private void leaveTogether(int v, int leaving, int[] held) {
    View view = changeView(v);
    int from = servers[Integer.numberOfTrailingZeros(leaving)].delivered;
    List<Sent> transitional = new ArrayList<>();
    int firstMissing = Integer.MAX_VALUE;
    for (int i = from; i < view.log.size(); i++) {
      Sent sent = view.log.get(i);
      boolean holds =
          i < view.seen || (leaving & 1 << sent.sender()) != 0 || held[sent.sender()]-- > 0;
      if (holds) {
        transitional.add(sent);
      } else {
        firstMissing = Math.min(firstMissing, i);
      }
    }
    // Later messages of those that stay are not held by those that leave.
    view.limit = Math.min(view.limit, Math.min(firstMissing, view.log.size()));
    PeerId first = id(Integer.numberOfTrailingZeros(leaving));
    ConfigurationId id = ConfigurationId.regular(2L * numbers + 2, first).transitional(first);
    Configuration t = new Configuration(id, ids(leaving), view.configuration.id());
    for (int p = 0; p < servers.length; p++) {
      if ((leaving & 1 << p) != 0) {
        PrimaryState before = machine(p).state();
        chain.left(p);
        machine(p).transitional(t);
        for (Sent sent : transitional) {
          hear(p, sent, false);
        }
        leave(p);
        servers[p].creates |= before == PrimaryState.CONSTRUCT ? 0 : -1;
        servers[p].creates |= ~view.members;
      }
    }
  }

  private void enter(int mask) {
    numbers++;
    int v = 0;
    while (views[v] != null) {
      v++;
    }
    PeerId first = id(Integer.numberOfTrailingZeros(mask));
    Configuration configuration =
        new Configuration(ConfigurationId.regular(2L * numbers, first), ids(mask), null);
    views[v] = new View(configuration, mask);
    ownViews |= 1 << v;
    for (int p = 0; p < servers.length; p++) {
      if ((mask & 1 << p) != 0) {
        Server server = change(p);
        boolean missedOne = server.creates != -1 && server.creates != 0;
        server.view = v;
        server.delivered = 0;
        machine(p).regular(configuration);
        if (missedOne && machine(p).record().vulnerable() != null) {
          throw new Violation(
              "RE-11",
              setting.names().get(p) + " missed a create-primary message and stays vulnerable");
        }
        server.creates = 0;
      }
    }
  }

  private void hear(int p, Sent sent, boolean regular) {
    Server server = change(p);
    PrimaryMessage message = sent.message();
    if (message == null) {
      chain.action(p, sent, view(p).configuration.id(), machine(p), regular);
      server.known |= 1;
      if (regular && machine(p).state() == PrimaryState.REG_PRIM) {
        server.durableKnown |= 1;
      }
      return;
    }
    if (message instanceof PrimaryMessage.CreatePrimary create
        && create.configuration().equals(view(p).configuration.id())) {
      server.creates |= 1 << sent.sender();
    }
    machine(p).message(id(sent.sender()), message);
  }

  private void leave(int p) {
    View view = changeView(servers[p].view);
    view.inside &= ~(1 << p);
    if (view.inside == 0) {
      views[servers[p].view] = null;
    }
    change(p).view = -1;
  }

  private int inside(int v) {
    return views[v] == null ? 0 : views[v].inside;
  }

  /// The number of one of the servers.
  int number(Server server) {
    int p = 0;
    while (servers[p] != server) {
      p++;
    }
    return p;
  }

  View view(int p) {
    return viewAt(servers[p].view);
  }

  private View viewAt(int v) {
    View view = views[v];
    if (view == null) {
      throw new IllegalStateException("no view");
    }
    return view;
  }

  private List<PeerId> ids(int mask) {
    List<PeerId> ids = new ArrayList<>();
    for (int p = 0; p < servers.length; p++) {
      if ((mask & 1 << p) != 0) {
        ids.add(id(p));
      }
    }
    return ids;
  }

  /// Lets everything under way arrive, without a fault.
  void settle() {
    for (boolean moved = true; moved; ) {
      moved = false;
      for (int p = 0; p < servers.length; p++) {
        while (canWrite(p)) {
          write(p);
          moved = true;
        }
        while (canSend(p)) {
          send(p);
          moved = true;
        }
        while (canDeliver(p)) {
          deliver(p);
          moved = true;
        }
      }
    }
  }

  /// Everybody up and connected.
  void heal() {
    for (int p = 0; p < servers.length; p++) {
      if (!isUp(p)) {
        boot(p);
      }
    }
    for (int p = 0; p < servers.length; p++) {
      while (servers[p].delivered < view(p).seen) {
        deliver(p);
      }
    }
    regroup((1 << servers.length) - 1, 0);
  }

  /// What one member's machine says.
  private final class Ears implements PrimaryMachine.Out {
    private final int p;

    Ears(int p) {
      this.p = p;
    }

    @Override
    public void multicast(PrimaryMessage message) {
      if (eager && servers[p].view >= 0) {
        changeView(servers[p].view).log.add(new Sent(p, message, chain.highest()));
      } else {
        servers[p].queue.add(new Sent(p, message, 0));
      }
    }

    @Override
    public void persist(PrimaryRecord record) {
      servers[p].pending.add(new Write(record, servers[p].known));
    }

    @Override
    public void moved(PrimaryState from, PrimaryState to) {
      if (!from.mayBecome(to)) {
        throw new Violation("RE-20", from + " became " + to);
      }
      if (to == PrimaryState.EXCHANGE_ACTIONS) {
        learnActions();
      }
    }

    /// The replication engine will exchange actions here: everybody knows what anybody knew.
    private void learnActions() {
      int all = 0;
      for (PeerName name : machine(p).states().keySet()) {
        Server other = servers[setting.names().indexOf(name)];
        all |= isUp(setting.names().indexOf(name)) ? other.known : other.durableKnown;
      }
      servers[p].known |= all;
    }

    @Override
    public void attempted(Component component) {}

    @Override
    public void installed(Configuration regular, Component component) {
      told |= 1 << p;
      chain.formed(World.this, p, component);
    }

    @Override
    public void settled(Component component) {
      told |= 1 << p;
      chain.formed(World.this, p, component);
    }

    @Override
    public void concluded(Verdict verdict) {}
  }
}
