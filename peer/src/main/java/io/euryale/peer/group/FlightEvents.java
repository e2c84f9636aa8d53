package io.euryale.peer.group;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/// What group members write into flight recordings. Costs next to nothing while nobody records.
final class FlightEvents {

  private FlightEvents() {}

  @Name("euryale.Configuration")
  @Label("Configuration Installed")
  @Category({"Euryale", "Group"})
  @StackTrace(false)
  static final class Installed extends Event {
    @Label("Peer")
    String peer = "";

    @Label("Configuration")
    String configuration = "";

    @Label("Members")
    int members;

    @Label("Regular")
    boolean regular;

    @Label("Took")
    @Description("From the first proposal to the installation")
    @Timespan
    long took;

    @Label("Phases")
    @Description("Each phase on the way with its milliseconds")
    String phases = "";
  }

  @Name("euryale.Suspicion")
  @Label("Member Suspected")
  @Category({"Euryale", "Group"})
  @StackTrace(false)
  static final class Suspected extends Event {
    @Label("Peer")
    String peer = "";

    @Label("Suspect")
    String suspect = "";

    @Label("Reason")
    String reason = "";
  }

  @Name("euryale.Primary")
  @Label("Primary Component")
  @Category({"Euryale", "Group"})
  @StackTrace(false)
  static final class Primary extends Event {
    @Label("Peer")
    String peer = "";

    @Label("In the primary component")
    boolean primary;

    @Label("Index")
    long index;

    @Label("Verdict")
    String verdict = "";
  }

  /// What a class did in the period, written where something happened.
  @Name("euryale.Traffic")
  @Label("Ordered Traffic")
  @Description("Since the event before; repeated and recovered packets tell of losses")
  @Category({"Euryale", "Group"})
  @Period("1 s")
  @StackTrace(false)
  static final class Traffic extends Event {
    @Label("Peer")
    String peer = "";

    @Label("Class")
    String trafficClass = "";

    @Label("Delivered")
    long delivered;

    @Label("Packets")
    long packets;

    @Label("Repeated Packets")
    long repeated;

    @Label("Packets Recovered at a Change")
    long recovered;

    @Label("Waiting to be Sent")
    @DataAmount
    long queuedBytes;
  }

  @Name("euryale.Stall")
  @Label("No Progress")
  @Description("Nothing was delivered or sent for a period although something waits")
  @Category({"Euryale", "Group"})
  @StackTrace(false)
  static final class Stalled extends Event {
    @Label("Peer")
    String peer = "";

    @Label("Class")
    String trafficClass = "";

    @Label("For")
    @Timespan
    long since;

    @Label("Messages Waiting")
    long queued;

    @Label("Ticks not Held by All")
    long undelivered;

    @Label("Phase")
    String phase = "";
  }

  @Name("euryale.SessionClosed")
  @Label("Session Closed")
  @Category({"Euryale", "Group"})
  @StackTrace(false)
  static final class SessionClosed extends Event {
    @Label("Peer")
    String peer = "";

    @Label("Application")
    String application = "";

    @Label("Reason")
    String reason = "";
  }
}
