/// The dashboard: what an overlay is doing, for people in a browser and for programs.
///
/// ## The parts
///
///   - [Facts] holds the latest state of everything that is shown, in named parts with their ages.
///   - [OverlayWatch] learns from what peers report, and from nothing else: cells, coordinators,
///     parents, streams. [Recoveries] explains the difference of one picture to the next.
///   - [ClassFigures] tells what was measured of each class second by second, and [LastHour] keeps
///     it with what failed for an hour. [ClassWatch] has it from the peers of the root cell, for
///     any overlay; an application may measure at its own end, as the city does.
///   - [AlarmWatch] shows the packets of streams of class alarm, as their client.
///   - [DashboardServer] serves the page, the facts as server-sent events, and the buttons.
///   - [Controls] are the buttons, if there are any. A deployment is only watched.
///
/// An application adds parts of its own: `map` and `trains` are the city's, and its `alarms` tell
/// who acknowledged them. The page shows a part that is there and leaves out one that is not.
@NullMarked
package io.euryale.dashboard;

import org.jspecify.annotations.NullMarked;
