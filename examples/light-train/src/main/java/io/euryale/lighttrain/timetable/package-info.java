/// Reads a public-transport timetable and plays one day of it.
///
/// The demo's trains and station displays need to know which train calls where and when. That comes
/// from a *feed*: a folder or a `.zip` of comma-separated text files in the form of the General
/// Transit Feed Specification (GTFS), which nearly every transit agency publishes.
///
/// ## The parts
///
///   - [GtfsFeed#read] reads any agency's feed; [SampleNetwork#load] gives the invented city that
///     is built in, so that the demo needs no file at all. Both give the same [GtfsFeed]: the
///     [Line]s, the [Station]s and which days have service.
///   - [Timetable] is one calendar day of a feed as [StationCall]s in time order: one when a train
///     arrives and one when it departs.
///   - [Playback] gives out those calls from some time of day on, a number of times faster than
///     life. It reads no clock: whoever plays says how much time has passed.
///
/// ```
/// GtfsFeed feed = GtfsFeed.read(Path.of("metro.zip"));
/// Timetable day = Timetable.ofBusiestDay(feed);
/// Playback playback = day.play(LocalTime.of(7, 30), 60);
/// playback.poll(elapsed).ifPresent(call -> show(call));
/// ```
///
/// ## Time
///
/// A *service day* starts 12 hours before noon, local time. That is midnight, except on the two
/// days of the year when clocks change. Times of a feed count from there and may pass 24:00:00: a
/// train at 25:10:00 of Friday's service runs on Saturday at 1:10 in the morning. A [Timetable]
/// shows a *calendar* day, so Saturday's holds that train and Friday's does not.
///
/// ## From bytes to calls
///
/// `GtfsSource` (folder, zip or resources) gives byte streams; `CsvReader` turns one into records
/// and `CsvTable` into named columns; `GtfsReader` reads the files in the order in which they
/// refer to each other and checks every reference; `StopTimesReader` orders each trip's stop times
/// and fills in the times that a feed may leave out; `ServiceCalendar` knows which service runs on
/// which date; `LineWay` knows which stations a line passes without a stop.
///
/// ## Bad input
///
/// Feeds come from outside, so anything can be wrong with them. Whatever is wrong is a
/// [TimetableException] with one sentence that names the file, line and column and says what to do.
/// Sizes are bounded (`GtfsLimits`), so that a hostile archive costs neither memory nor hours.
///
/// Everything here but [Playback] is immutable and safe to share between threads.
@NullMarked
package io.euryale.lighttrain.timetable;

import org.jspecify.annotations.NullMarked;
