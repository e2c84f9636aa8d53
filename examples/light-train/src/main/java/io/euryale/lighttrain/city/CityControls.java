package io.euryale.lighttrain.city;

import io.euryale.dashboard.Controls;
import io.euryale.lighttrain.demo.DemoException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// What people may do to the city from the dashboard. Safe for all threads.
final class CityControls implements Controls {

  private static final int MOST_LOAD = 20;

  private final CityFaults faults;
  private final CityLife life;
  private final CityPlan plan;
  private final CityStreams streams;
  private final CityEdge edge;
  private final AlarmDesk desk;
  private final CityMap map;
  private final Announcer announcer;
  private final Consumer<String> say;

  /// @param say told what was done to the city, a line each
  CityControls(
      CityFaults faults,
      CityLife life,
      CityPlan plan,
      CityStreams streams,
      CityEdge edge,
      AlarmDesk desk,
      CityMap map,
      Announcer announcer,
      Consumer<String> say) {
    this.faults = faults;
    this.life = life;
    this.plan = plan;
    this.streams = streams;
    this.edge = edge;
    this.desk = desk;
    this.map = map;
    this.announcer = announcer;
    this.say = say;
  }

  @Override
  public List<Map<String, Object>> offered() {
    return List.of(
        button("kill", "Kill", "End a process with all its peers (SIGKILL).", "process"),
        button("freeze", "Freeze", "Let a process stand still for 3 s (SIGSTOP).", "process"),
        button("partition", "Partition", "Part a process from the others.", "process"),
        button("heal", "Heal", "End the partition.", ""),
        button("restart", "Restart", "Start again what has ended.", ""),
        button("load", "Load", "Times the usual packets.", "times"),
        button("reset", "Reset", "End a peer as a crash would.", "peer"),
        button("look", "Look", "Look through the camera of a cell.", "stream"),
        button("announce", "Announce", "Tell a station of its next train.", "stop"),
        button("acknowledge", "Acknowledge", "You have seen an alarm.", "alarm"));
  }

  private static Map<String, Object> button(
      String action, String label, String about, String argument) {
    Map<String, Object> button = new LinkedHashMap<>();
    button.put("action", action);
    button.put("label", label);
    button.put("about", about);
    button.put("argument", argument);
    return button;
  }

  @Override
  public String press(String action, Map<String, String> arguments)
      throws Refusal, InterruptedException {
    try {
      return switch (action) {
        case "look" -> look(arguments);
        case "acknowledge" -> acknowledge(arguments);
        case "announce" -> announce(arguments);
        default -> {
          String done = act(action, arguments);
          say.accept("By hand: " + done);
          yield done;
        }
      };
    } catch (DemoException e) {
      throw new Refusal(String.valueOf(e.getMessage()));
    }
  }

  /// Breaks or mends something.
  ///
  /// @return what was done, one sentence
  String act(String action, Map<String, String> arguments)
      throws Refusal, DemoException, InterruptedException {
    return switch (action) {
      case "kill" -> faults.killByHand(process(arguments));
      case "freeze" -> faults.freeze(process(arguments));
      case "partition" -> faults.partByHand(process(arguments));
      case "heal" -> faults.heal();
      case "restart" -> faults.restart();
      case "reset" -> faults.resetByHand(peer(arguments));
      case "load" -> load(arguments);
      default -> throw new Refusal("There is no button '" + action + "'.");
    };
  }

  private int process(Map<String, String> arguments) throws Refusal {
    return number(arguments, "process", 1, plan.processes()) - 1;
  }

  private static int number(Map<String, String> arguments, String key, int least, int most)
      throws Refusal {
    try {
      int number = Integer.parseInt(arguments.getOrDefault(key, ""));
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Said below.
    }
    throw new Refusal("'%s' is a number from %d to %d.".formatted(key, least, most));
  }

  private String peer(Map<String, String> arguments) throws Refusal {
    String peer = arguments.getOrDefault("peer", "");
    if (plan.peers().stream().noneMatch(each -> each.name().equals(peer))) {
      throw new Refusal("There is no peer '" + CityMap.shown(peer) + "'.");
    }
    return peer;
  }

  private String load(Map<String, String> arguments) throws Refusal {
    life.load(number(arguments, "times", 1, MOST_LOAD));
    return "Trains and stations send %d times the usual.".formatted(life.load());
  }

  private String look(Map<String, String> arguments) throws Refusal, InterruptedException {
    String stream = arguments.getOrDefault("stream", "");
    if (streams.of(CityStream.Kind.CAMERA).stream().noneMatch(each -> each.name().equals(stream))) {
      throw new Refusal("There is no camera '" + CityMap.shown(stream) + "'.");
    }
    edge.look(stream);
    return "You look through " + stream + ".";
  }

  private String announce(Map<String, String> arguments) throws Refusal {
    String id = arguments.getOrDefault("stop", "");
    CityMap.Stop stop = map.stops().get(id);
    if (stop == null) {
      throw new Refusal("There is no station '" + CityMap.shown(id) + "'.");
    }
    String refused = announcer.announce(id, by(arguments));
    if (!refused.isEmpty()) {
      throw new Refusal(refused);
    }
    return "It is announced at %s.".formatted(stop.name());
  }

  private static String by(Map<String, String> arguments) {
    String by = CityMap.shown(arguments.getOrDefault("by", ""));
    return by.isEmpty() ? "operator" : by;
  }

  private String acknowledge(Map<String, String> arguments) throws Refusal {
    String alarm = CityMap.shown(arguments.getOrDefault("alarm", ""));
    String refused = desk.acknowledge(alarm, by(arguments));
    if (!refused.isEmpty()) {
      throw new Refusal(refused);
    }
    return "Alarm %s is acknowledged.".formatted(alarm);
  }
}
