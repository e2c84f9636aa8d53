package io.euryale.lighttrain.timetable;

import java.time.LocalDate;

/// The dates on which a feed has service. Not every date between the first and the last has.
///
/// @param first the first service day with a train
/// @param last the last service day with a train; its late trains may run on the day after
/// @param busiest the service day with the most trains; the first of them if there are several
/// @param busiestTrips the number of trains on that day, at least 1
public record ServiceDates(LocalDate first, LocalDate last, LocalDate busiest, long busiestTrips) {}
