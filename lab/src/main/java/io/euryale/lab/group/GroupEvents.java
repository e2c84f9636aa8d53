package io.euryale.lab.group;

import io.euryale.group.Service;
import io.euryale.kernel.trace.Trace;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.lab.group.GroupEvent.Malformed;
import io.euryale.simulation.Simulation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads traces once for a list of checkers, which has to be given each event together: the first
/// checker that asks for an event has it read, the others get the same object. Texts become shared
/// objects ([Life], [View], [Message]), so that checkers compare references and index arrays.
final class GroupEvents {

  private static final Map<String, Service> SERVICES = new HashMap<>();

  static {
    for (Service service : Service.values()) {
      SERVICES.put(service.name(), service);
    }
  }

  /// The views and messages of the ordering layer, or of a group.
  private static final class Space {
    final Map<String, View> views = new HashMap<>();
    final Map<String, Message> messages = new HashMap<>();
  }

  private final Space ordering = new Space();
  private final Map<String, Space> groups = new HashMap<>();

  /// By name; the last one is the one that is asked for most.
  private final Map<String, List<Life>> lives = new HashMap<>();
  private final Map<String, Integer> lanes = new HashMap<>();
  private final List<String> laneNames = new ArrayList<>();
  private int lifeCount;
  private int views;
  private int messages;
  private long position;
  private @Nullable GroupEvent last;

  /// The event at a position of the trace.
  ///
  /// @param wanted counts the events given to the asking checker, from 1
  /// @throws IllegalStateException when checkers of one list are given different traces
  @SuppressWarnings("ReferenceEquality") // The same object, not one like it.
  GroupEvent at(long wanted, Trace trace) {
    GroupEvent present = last;
    if (wanted == position && present != null && present.trace() == trace) {
      return present;
    }
    if (wanted != position + 1) {
      throw new IllegalStateException("Give each event to all checkers of a list before the next");
    }
    position = wanted;
    GroupEvent event = read(trace);
    last = event;
    return event;
  }

  /// The label of a traffic class.
  String lane(int lane) {
    return laneNames.get(lane);
  }

  private GroupEvent read(Trace trace) {
    return switch (trace.event()) {
      case "SEND", "DELIVER" -> message(trace);
      case "INSTALL" -> install(trace);
      case "SUBMIT" -> submit(trace);
      case "PRIMARY" -> primary(trace);
      case "ATTEMPT", "SETTLED" -> attempt(trace);
      case "REFUSED" -> refused(trace);
      case "JOIN", "LEAVE" -> belong(trace);
      case "BOOT" -> new GroupEvent.Boot(trace, who(trace));
      case "CRASH" ->
          new GroupEvent.Crash(trace, who(trace), trace.body().text("torn").equals("true"));
      case "LOST" -> lost(trace);
      case "FAULT", "QUIESCE", "END" -> harness(trace);
      default -> new GroupEvent.Foreign(trace);
    };
  }

  /// A trace file says in its last line how many events are not in it; a stream's `LOST` is
  /// another.
  private static GroupEvent lost(Trace trace) {
    return trace.body().fields().containsKey("count")
        ? new Malformed(trace, trace.body().text("count") + " events were not written")
        : new GroupEvent.Foreign(trace);
  }

  private static GroupEvent harness(Trace trace) {
    if (!trace.proc().equals(Simulation.HARNESS)) {
      return new GroupEvent.Foreign(trace);
    }
    return switch (trace.event()) {
      case "QUIESCE" -> new GroupEvent.Quiesce(trace);
      case "END" -> new GroupEvent.End(trace);
      default ->
          new GroupEvent.Fault(
              trace, trace.body().text("fault"), trace.body().text("phase").equals("begin"));
    };
  }

  private GroupEvent message(Trace trace) {
    TraceEvent body = trace.body();
    String id = body.text("m");
    if (id.isEmpty()) {
      // Streams have a DELIVER of their own.
      return body.fields().containsKey("stream")
          ? new GroupEvent.Foreign(trace)
          : new Malformed(trace, "it has no m");
    }
    String group = group(body);
    Message message = message(space(group), id);
    if (message == null) {
      return new Malformed(trace, "m is not name/incarnation/class/sequence: '" + id + "'");
    }
    Service service = SERVICES.get(body.text("svc"));
    if (service == null) {
      return new Malformed(trace, "svc is no service: '" + body.text("svc") + "'");
    }
    if (!body.text("class").equals(lane(message.lane))) {
      return new Malformed(trace, "class and m name different traffic classes");
    }
    boolean sends = trace.event().equals("SEND");
    String viewText = body.text(sends ? "cfg" : "x");
    if (viewText.isEmpty()) {
      return new Malformed(trace, "it names no configuration");
    }
    if (!body.fields().containsKey("digest")) {
      return new Malformed(trace, "it has no digest");
    }
    View view = view(space(group), viewText);
    long digest = digest(body);
    Life who = who(trace);
    if (sends) {
      boolean again = message.send() != null;
      GroupEvent.Send send =
          new GroupEvent.Send(trace, group, who, message, service, view, digest, again);
      if (!again) {
        message.sent(send);
        if (group == null) {
          message.bind(view);
        }
      }
      return send;
    }
    boolean again = message.deliveredBy.get(who.index);
    message.deliveredBy.set(who.index);
    View regular = view.regular();
    if (group != null && message.bound() == null && regular != null) {
      message.bind(regular);
    }
    return new GroupEvent.Deliver(trace, group, who, message, service, view, digest, again);
  }

  private GroupEvent install(Trace trace) {
    TraceEvent body = trace.body();
    String group = group(body);
    Space space = space(group);
    String text = body.text("x");
    String kind = body.text("kind");
    boolean regular = kind.equals("REG");
    List<Life> members = members(body, group != null);
    if (text.isEmpty() || members == null) {
      return new Malformed(trace, "x or members cannot be read");
    }
    if (!regular && !kind.equals("TRANS")) {
      return new Malformed(trace, "kind is neither REG nor TRANS: '" + kind + "'");
    }
    String origin = body.text("origin");
    if (!regular && origin.isEmpty()) {
      return new Malformed(trace, "a transitional configuration has no origin");
    }
    View view = view(space, text);
    GroupEvent.Install install =
        new GroupEvent.Install(
            trace, group, who(trace), view, regular, members, regular ? null : view(space, origin));
    view.installed(install);
    return install;
  }

  private GroupEvent primary(Trace trace) {
    TraceEvent body = trace.body();
    String group = group(body);
    List<Life> members = members(body, group != null);
    long number = body.number("primaryIndex", -1);
    if (body.text("x").isEmpty() || members == null || number < 0) {
      return new Malformed(trace, "x, primaryIndex or members cannot be read");
    }
    View view = view(ordering, body.text("x"));
    if (group != null && !view.isKnown()) {
      view = view(space(group), body.text("x"));
    }
    return new GroupEvent.Primary(trace, group, who(trace), view, number, members);
  }

  private GroupEvent attempt(Trace trace) {
    TraceEvent body = trace.body();
    long number = body.number("primaryIndex", -1);
    long attempt = body.number("attempt", -1);
    if (group(body) != null || number < 0 || attempt < 0) {
      return new GroupEvent.Foreign(trace);
    }
    return trace.event().equals("ATTEMPT")
        ? new GroupEvent.Attempt(trace, who(trace), number, attempt, texts(body))
        : new GroupEvent.Settled(trace, who(trace), number, attempt);
  }

  private GroupEvent refused(Trace trace) {
    String label = trace.body().text("class");
    return label.isEmpty() || group(trace.body()) != null
        ? new GroupEvent.Foreign(trace)
        : new GroupEvent.Refused(trace, who(trace), lane(label));
  }

  private GroupEvent submit(Trace trace) {
    TraceEvent body = trace.body();
    if (group(body) != null || body.fields().containsKey("stream")) {
      return new GroupEvent.Foreign(trace);
    }
    String id = body.text("m");
    Message message = id.isEmpty() ? null : message(ordering, id);
    if (message == null && !id.isEmpty()) {
      return new Malformed(trace, "m is not name/incarnation/class/sequence: '" + id + "'");
    }
    String label = body.text("class");
    int lane = message != null ? message.lane : label.isEmpty() ? -1 : lane(label);
    return new GroupEvent.Submit(trace, who(trace), message, lane);
  }

  private GroupEvent belong(Trace trace) {
    String group = group(trace.body());
    return group == null
        ? new GroupEvent.Foreign(trace)
        : new GroupEvent.Belong(trace, group, who(trace), trace.event().equals("JOIN"));
  }

  private static @Nullable String group(TraceEvent body) {
    String group = body.text("group");
    return group.isEmpty() ? null : group;
  }

  private Space space(@Nullable String group) {
    return group == null ? ordering : groups.computeIfAbsent(group, _ -> new Space());
  }

  private View view(Space space, String text) {
    View view = space.views.get(text);
    if (view == null) {
      view = new View(text, views++);
      space.views.put(text, view);
    }
    return view;
  }

  private @Nullable Message message(Space space, String id) {
    Message known = space.messages.get(id);
    if (known != null) {
      return known;
    }
    int third = id.lastIndexOf('/');
    int second = third <= 0 ? -1 : id.lastIndexOf('/', third - 1);
    int first = second <= 0 ? -1 : id.lastIndexOf('/', second - 1);
    long incarnation = first <= 0 ? -1 : Numbers.parse(id, first + 1, second);
    long sequence = first <= 0 ? -1 : Numbers.parse(id, third + 1, id.length());
    if (incarnation < 0 || sequence < 0 || second + 1 == third) {
      return null;
    }
    Life sender = life(id.substring(0, first), incarnation);
    int lane = lane(id.substring(second + 1, third));
    Message message = new Message(id, messages++, sender, lane, sequence);
    space.messages.put(id, message);
    return message;
  }

  private int lane(String label) {
    Integer lane = lanes.get(label);
    if (lane == null) {
      lane = laneNames.size();
      lanes.put(label, lane);
      laneNames.add(label);
    }
    return lane;
  }

  private Life who(Trace trace) {
    return life(trace.proc(), trace.inc());
  }

  private Life life(String name, long incarnation) {
    // Looked up for every event: without making a text of both, or a key.
    List<Life> known = lives.get(name);
    if (known == null) {
      known = new ArrayList<>();
      lives.put(name, known);
    }
    for (int i = known.size() - 1; i >= 0; i--) {
      if (known.get(i).incarnation == incarnation) {
        return known.get(i);
      }
    }
    Life life = new Life(name, incarnation, lifeCount++);
    known.add(life);
    return life;
  }

  /// Members are written as a list, or as the text of one: `[a#1, b#1]` or `a#1,b#1`. A member of a
  /// group may stand before its host: `application@a#1`; what counts is the host.
  private @Nullable List<Life> members(TraceEvent body, boolean hosted) {
    List<Life> members = new ArrayList<>();
    for (String text : texts(body)) {
      if (!add(members, text, hosted)) {
        return null;
      }
    }
    return members.isEmpty() && !hosted ? null : List.copyOf(members);
  }

  private static List<String> texts(TraceEvent body) {
    Object value = body.fields().get("members");
    List<String> texts = new ArrayList<>();
    if (value instanceof Iterable<?> list) {
      list.forEach(item -> texts.add(String.valueOf(item)));
      return texts;
    }
    String text = value == null ? "" : value.toString();
    int from = text.startsWith("[") ? 1 : 0;
    int to = text.endsWith("]") ? text.length() - 1 : text.length();
    for (int at = from; at < to; ) {
      int comma = text.indexOf(',', at);
      int next = comma < 0 || comma > to ? to : comma;
      texts.add(text.substring(at, next).strip());
      at = next + 1;
    }
    return texts;
  }

  private boolean add(List<Life> members, String text, boolean hosted) {
    String host = hosted ? text.substring(text.lastIndexOf('@') + 1) : text;
    long incarnation = Life.incarnation(host);
    if (incarnation < 0) {
      return false;
    }
    Life life = life(host.substring(0, host.lastIndexOf('#')), incarnation);
    if (!members.contains(life)) {
      members.add(life);
    }
    return true;
  }

  /// Digests are numbers; of texts a hash is compared.
  private static long digest(TraceEvent body) {
    Object value = body.fields().get("digest");
    if (value instanceof Number number) {
      return number.longValue();
    }
    long hash = 0xcbf29ce484222325L;
    String text = String.valueOf(value);
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }
}
