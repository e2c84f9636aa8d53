/// The dashboard: what an overlay is doing, for people in a browser and for programs.
///
/// ## The parts
///
///   - [Facts] holds the latest state of everything that is shown, in named parts with their ages.
///   - [OverlayWatch] learns from what peers report, and from nothing else: cells, coordinators,
///     parents, streams. [Recoveries] explains the difference of one picture to the next.
///   - [LastHour] keeps what an application measured of each class, and what failed, for an hour.
///   - [DashboardServer] serves the page, the facts as server-sent events, and the buttons.
///   - [Controls] are the buttons, if there are any. A deployment is only watched.
///
/// An application adds parts of its own: `map`, `trains`, `classes`, `alarms` are the city's. The
/// page shows a part that is there and leaves out one that is not.
@NullMarked
package io.euryale.dashboard;

import org.jspecify.annotations.NullMarked;
