/// The city: the light-train information system of [1 §1, §2.1] on a real timetable, as a
/// demonstration that one likes to look at and as a soak test.
///
/// ## Who is there
///
/// A control centre (the root cell), a cell for each line below it, and station cells below those
/// (`CityPlan`). Each cell has two peers or more, which live in different processes, so that the
/// death of a process takes no whole cell; each peer asks for the cell it belongs to. `CityOverlay`
/// starts the processes and does to them what faults and buttons want.
///
/// ## What is sent
///
/// `CityLife` moves the trains by the timetable and plans what each sensor reports, a moment before
/// it is due; `ClassTraffic` publishes it on a thread for each traffic class; `CityReception` is
/// the other end and counts. `ControlCentre` is the application: it knows the timetable and what
/// has
/// come, and nothing else. So the map shows what the overlay carried, and shows its age.
///
/// ## What is shown
///
/// `CityShow` writes the city's parts of the dashboard ([io.euryale.dashboard]); what the overlay
/// looks like is learned there from the peers themselves. `StopMonitoring` and `GtfsRealtime` tell
/// other systems. `AlarmDesk` keeps who acknowledged what.
@NullMarked
package io.euryale.lighttrain.city;

import org.jspecify.annotations.NullMarked;
