package io.euryale.peer;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/// What peers of an overlay write into flight recordings. Costs next to nothing while nobody
/// records.
final class FlightEvents {

  private FlightEvents() {}

  @Name("euryale.Place")
  @Label("Place in the Overlay")
  @Category({"Euryale", "Overlay"})
  @StackTrace(false)
  static final class Place extends Event {
    @Label("Peer")
    String peer = "";

    @Label("Change")
    @Description("MEMBER, COORDINATOR, FENCED, SHUNNED or MOVES")
    String change = "";

    @Label("Cell")
    String cell = "";

    @Label("Reason")
    String reason = "";
  }

  @Name("euryale.PeerSuspicion")
  @Label("Peer Suspected")
  @Category({"Euryale", "Overlay"})
  @StackTrace(false)
  static final class Suspected extends Event {
    @Label("Peer")
    String peer = "";

    @Label("Suspect")
    String suspect = "";

    @Label("Reason")
    String reason = "";

    @Label("Silence")
    @Timespan(Timespan.MILLISECONDS)
    long silence;
  }

  @Name("euryale.FailOver")
  @Label("Parent Replaced")
  @Description("From the loss of a parent until there is another")
  @Category({"Euryale", "Overlay"})
  @StackTrace(false)
  static final class FailOver extends Event {
    @Label("Peer")
    String peer = "";

    @Label("Lost Parent")
    String lost = "";

    @Label("Reason")
    String reason = "";

    @Label("New Parent")
    String parent = "";
  }

  @Name("euryale.Reorganisation")
  @Label("Reorganisation")
  @Description("From the loss of cell, parent or coordinator until the peer has all of them")
  @Category({"Euryale", "Overlay"})
  @StackTrace(false)
  static final class Reorganised extends Event {
    @Label("Peer")
    String peer = "";

    @Label("Took")
    @Timespan(Timespan.MILLISECONDS)
    long took;

    @Label("Promise Broken")
    boolean broken;
  }

  @Name("euryale.Merge")
  @Label("Parts Merged")
  @Description("Written by peers of the part that gave way when they have their place again")
  @Category({"Euryale", "Overlay"})
  @StackTrace(false)
  static final class Merged extends Event {
    @Label("Peer")
    String peer = "";

    @Label("Cell")
    String cell = "";

    @Label("Took")
    @Timespan(Timespan.MILLISECONDS)
    long took;
  }

  /// What a relay did in the period, written where something happened.
  @Name("euryale.StreamTraffic")
  @Label("Stream Traffic")
  @Description("Since the event before; abandoned packets are lost")
  @Category({"Euryale", "Streams"})
  @Period("1 s")
  @StackTrace(false)
  static final class StreamTraffic extends Event {
    @Label("Peer")
    String peer = "";

    @Label("Class")
    String trafficClass = "";

    @Label("Received")
    long received;

    @Label("Forwarded")
    long forwarded;

    @Label("Copies")
    long copies;

    @Label("Repeated")
    long repeated;

    @Label("Dropped")
    long dropped;

    @Label("Refused")
    long refused;

    @Label("Abandoned")
    long abandoned;

    @Label("In Custody")
    @DataAmount
    long storedBytes;
  }
}
