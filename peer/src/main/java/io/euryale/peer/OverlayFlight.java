package io.euryale.peer;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.trace.TraceEvent;
import org.jspecify.annotations.Nullable;

/// Writes what the control core of a peer observes into flight recordings. Of the control loop.
final class OverlayFlight {

  private final String peer;
  private FlightEvents.@Nullable FailOver failOver;
  private boolean broken;

  OverlayFlight(PeerId self) {
    peer = self.toString();
  }

  void observed(TraceEvent event) {
    switch (event.event()) {
      case "MEMBER", "COORDINATOR", "FENCED", "SHUNNED" -> place(event, event.text("cell"));
      case "MOVES" -> place(event, event.text("to"));
      case "SUSPECT" -> suspected(event);
      case "PARENT_LOST" -> parentLost(event);
      case "PARENT" -> parentFound(event);
      case "PROMISE_BROKEN" -> broken = true;
      case "REORGANISED" -> reorganised(event);
      case "MERGED" -> merged(event);
      default -> {}
    }
  }

  private void place(TraceEvent event, String cell) {
    FlightEvents.Place written = new FlightEvents.Place();
    written.peer = peer;
    written.change = event.event();
    written.cell = cell;
    written.reason = event.text("reason");
    written.commit();
  }

  private void suspected(TraceEvent event) {
    FlightEvents.Suspected written = new FlightEvents.Suspected();
    written.peer = peer;
    written.suspect = event.text("who");
    written.reason = event.text("reason");
    written.silence = number(event, "silence");
    written.commit();
  }

  private void parentLost(TraceEvent event) {
    FlightEvents.FailOver begun = new FlightEvents.FailOver();
    begun.peer = peer;
    begun.lost = event.text("parent");
    begun.reason = event.text("reason");
    begun.begin();
    failOver = begun;
  }

  private void parentFound(TraceEvent event) {
    FlightEvents.FailOver begun = failOver;
    if (begun != null) {
      begun.parent = event.text("parent");
      begun.commit();
      failOver = null;
    }
  }

  private void reorganised(TraceEvent event) {
    FlightEvents.Reorganised written = new FlightEvents.Reorganised();
    written.peer = peer;
    written.took = number(event, "took");
    written.broken = broken;
    broken = false;
    written.commit();
  }

  private void merged(TraceEvent event) {
    FlightEvents.Merged written = new FlightEvents.Merged();
    written.peer = peer;
    written.cell = event.text("cell");
    written.took = number(event, "took");
    written.commit();
  }

  private static long number(TraceEvent event, String field) {
    return event.fields().get(field) instanceof Number number ? number.longValue() : 0;
  }
}
