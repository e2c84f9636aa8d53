package io.euryale.group.order;

import java.nio.ByteBuffer;

/// What one member tells the others of its numbers in a regular configuration, and when: with each
/// packet, by themselves when an order waits for them, and again while somebody may lack something.
final class Announcements {

  /// In pauses of the settings.
  private static final int LONGEST_PAUSE = 8;

  private final OrderSettings settings;
  private final Outlet outlet;
  private final OrderCounters counters;
  private final ByteBuffer status = ByteBuffer.allocate(PacketCodec.DATAGRAM_HEADER_BYTES);

  private long announcedClock;
  private long announcedLine;
  private long unannouncedBytes;
  private long statusAt = Long.MAX_VALUE;
  private long statusPause;
  private boolean answerDue;

  /// Up to which timestamp somebody wants to know that all is here: told as soon as it is so.
  private long wantedLine;

  /// Up to which own packet everybody was asked whether it is there, for [#flush];
  /// `Long.MAX_VALUE` when that was not called.
  private long flushAsked = Long.MAX_VALUE;

  Announcements(OrderSettings settings, Outlet outlet, OrderCounters counters) {
    this.settings = settings;
    this.outlet = outlet;
    this.counters = counters;
  }

  /// A regular configuration begins, in which nothing has been told.
  void open() {
    announcedClock = 0;
    announcedLine = 0;
    unannouncedBytes = 0;
    statusAt = Long.MAX_VALUE;
    answerDue = false;
    wantedLine = 0;
    flushAsked = flushAsked == Long.MAX_VALUE ? Long.MAX_VALUE : 0;
  }

  /// Somebody wants to know these numbers, and when all up to a timestamp is here.
  void asked(long clock) {
    answerDue = true;
    wantedLine = Math.max(wantedLine, clock);
  }

  /// Packets came or went: numbers are repeated from now on until all is settled.
  void restless(long now) {
    statusPause = settings.statusPause().toNanos();
    if (statusAt == Long.MAX_VALUE) {
      statusAt = now + statusPause;
    }
  }

  /// From now on everybody is asked at once whether own packets are there.
  void flush() {
    flushAsked = 0;
  }

  /// Tells what somebody waits for.
  ///
  /// @param isFlushed whether everybody holds all own packets
  void idle(History present, long windowBytes, boolean isFlushed) {
    boolean orderWaits = present.latestOrdered() > announcedClock;
    long line = present.line();
    boolean safeWaits = line > announcedLine && announcedLine < present.latestSafe();
    if (line > announcedLine) {
      for (Origin origin : present.origins) {
        if (origin.rank != present.self) {
          unannouncedBytes += origin.acknowledgeable(line);
        }
      }
    }
    boolean windowWaits = unannouncedBytes * 4 > windowBytes;
    boolean answerWaits = answerDue || (line >= wantedLine && wantedLine > announcedLine);
    if (present.own().top() > flushAsked && !isFlushed) {
      flushAsked = present.own().top();
      announce(present, true);
    } else if (orderWaits || safeWaits || windowWaits || answerWaits) {
      announce(present, false);
    }
  }

  /// When [#due] wants to be called; `Long.MAX_VALUE` for never.
  long nextDeadline() {
    return statusAt;
  }

  /// Repeats the numbers when it is time, and more and more seldom.
  void due(long now, History present) {
    if (statusAt > now) {
      return;
    }
    if (present.size() > 1 && isUnsettled(present)) {
      announce(present, present.stableLine() < present.latest());
      statusPause = Math.min(2 * statusPause, LONGEST_PAUSE * settings.statusPause().toNanos());
      statusAt = now + statusPause;
    } else {
      statusAt = Long.MAX_VALUE;
    }
  }

  /// Somebody may lack something, or may not know that all have it.
  private boolean isUnsettled(History present) {
    return present.stableLine() < present.latest() || announcedLine < present.latest();
  }

  private void announce(History present, boolean asks) {
    counters.statuses++;
    broadcast(present, status.clear(), asks);
  }

  /// Sends a body to everybody with the present numbers in its header.
  void broadcast(History present, ByteBuffer body, boolean asks) {
    long line = present.line();
    PacketCodec.header(body, present.tag, present.clock(), present.own().top(), line, asks);
    announcedClock = present.clock();
    announcedLine = line;
    unannouncedBytes = 0;
    answerDue = false;
    outlet.toOthers(body);
  }
}
