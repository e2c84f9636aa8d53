/// Recordings of streams on disk, within limits, and how to read them again.
///
/// A recording is a folder of segments, `00000000000000000001.rec` and so on. A segment begins with
/// eight bytes, `EURYREC1`, and holds records: length of the body (4 bytes), CRC-32C of the body
/// (4), body. All numbers are big-endian. A body begins with its type:
///
/// - 1, a packet: time in ms since 1970 (8), class (1), epoch (8), sequence (8), length of the name
///   (2), name, payload
/// - 2, a gap: time (8), class (1), epoch (8), first and last sequence missing (8 each), length of
///   the name (2), name
///
/// A segment is written once, from its beginning to its end, and is never opened for writing again:
/// what a crash tears off is the end of a segment, and [Recording] reads up to there and goes on
/// with the next. The oldest segments are deleted when the recording is larger or older than it
/// may be.
@NullMarked
package io.euryale.peer.recording;

import org.jspecify.annotations.NullMarked;
