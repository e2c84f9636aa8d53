package io.euryale.platform;

import io.euryale.kernel.settings.Setting;
import java.time.Duration;

/// Limits of the links of one peer on one traffic class.
///
/// @param helloTimeout time for a new connection to say who it is
/// @param strangerCount connections accepted that have not said yet who they are
/// @param addressCount connections accepted from one address of another machine
/// @param guestCount connections accepted from other machines
/// @param queueBytes bytes waiting to be sent on one link
/// @param redialFirst pause after the first failed dial
/// @param redialLongest longest pause between two dials
/// @param drainTimeout how long a link that is closed on purpose may take to send what is queued
/// @param datagramBytes largest datagram; 0 goes by the interface
/// @param socketBytes buffers asked for at each datagram socket
public record LinkSettings(
    @Setting(
            about =
                "Time for a new connection to say who it is; too short refuses peers on a busy"
                    + " machine, too long lets strangers hold connections.",
            byDefault = "5s",
            min = "10ms",
            max = "1m")
        Duration helloTimeout,
    @Setting(
            about =
                "Accepted connections per traffic class that have not said yet who they are; more"
                    + " are closed at once. Four classes of 32 make 128 for a peer.",
            byDefault = "32",
            min = "1",
            max = "4096")
        int strangerCount,
    @Setting(
            about =
                "Accepted connections from one address of another machine; more are closed at once."
                    + " With keys those without a hello, of all traffic classes together; without,"
                    + " all of a class. Too few refuse peers that share an address.",
            byDefault = "8",
            min = "1",
            max = "4096")
        int addressCount,
    @Setting(
            about =
                "Accepted connections per traffic class from other machines; more are closed at"
                    + " once. Fewer than there are peers on other machines leaves some of them out.",
            byDefault = "256",
            min = "1",
            max = "65536")
        int guestCount,
    @Setting(
            about =
                "Bytes that may wait on one link for a slow receiver; beyond it frames are refused"
                    + " and counted. Large queues cost memory and age the data in them.",
            byDefault = "4MiB",
            min = "64KiB",
            max = "256MiB")
        long queueBytes,
    @Setting(
            about = "Pause after the first failed dial; it doubles up to the longest pause.",
            byDefault = "20ms",
            min = "1ms",
            max = "10s")
        Duration redialFirst,
    @Setting(
            about =
                "Longest pause between two dials; long pauses delay the return of a restarted"
                    + " peer.",
            byDefault = "1s",
            min = "10ms",
            max = "1m")
        Duration redialLongest,
    @Setting(
            about = "How long a link that is closed on purpose may take to send what is queued.",
            byDefault = "1s",
            min = "10ms",
            max = "1m")
        Duration drainTimeout,
    @Setting(
            about =
                "Largest datagram, 1,200 bytes or more; 0 takes what the interface sends in one"
                    + " piece. Larger ones are cut up on the way and lost with any of their pieces.",
            byDefault = "0",
            min = "0",
            max = "65000")
        long datagramBytes,
    @Setting(
            about =
                "Buffers asked for at each datagram socket; the machine may grant less"
                    + " (net.core.rmem_max). Small ones lose bursts.",
            byDefault = "4MiB",
            min = "64KiB",
            max = "256MiB")
        long socketBytes) {

  /// Least value of `datagramBytes` besides 0: what every network carries.
  static final int LEAST_DATAGRAM_BYTES = 1_200;

  public LinkSettings {
    if (datagramBytes != 0 && datagramBytes < LEAST_DATAGRAM_BYTES) {
      throw new IllegalArgumentException(
          "'datagramBytes' is 0 or at least " + LEAST_DATAGRAM_BYTES + ".");
    }
  }

  /// The documented defaults.
  public static LinkSettings defaults() {
    return new LinkSettings(
        Duration.ofSeconds(5),
        32,
        8,
        256,
        4 << 20,
        Duration.ofMillis(20),
        Duration.ofSeconds(1),
        Duration.ofSeconds(1),
        0,
        4 << 20);
  }

  public LinkSettings withQueueBytes(long bytes) {
    return new LinkSettings(
        helloTimeout,
        strangerCount,
        addressCount,
        guestCount,
        bytes,
        redialFirst,
        redialLongest,
        drainTimeout,
        datagramBytes,
        socketBytes);
  }

  public LinkSettings withHelloTimeout(Duration timeout) {
    return new LinkSettings(
        timeout,
        strangerCount,
        addressCount,
        guestCount,
        queueBytes,
        redialFirst,
        redialLongest,
        drainTimeout,
        datagramBytes,
        socketBytes);
  }

  public LinkSettings withStrangerCount(int count) {
    return new LinkSettings(
        helloTimeout,
        count,
        addressCount,
        guestCount,
        queueBytes,
        redialFirst,
        redialLongest,
        drainTimeout,
        datagramBytes,
        socketBytes);
  }

  /// Limits connections from other machines: from one address, and from all.
  public LinkSettings withGuests(int perAddress, int all) {
    return new LinkSettings(
        helloTimeout,
        strangerCount,
        perAddress,
        all,
        queueBytes,
        redialFirst,
        redialLongest,
        drainTimeout,
        datagramBytes,
        socketBytes);
  }

  /// Sets the largest datagram and the buffers of its socket.
  public LinkSettings withDatagrams(long largestBytes, long bufferBytes) {
    return new LinkSettings(
        helloTimeout,
        strangerCount,
        addressCount,
        guestCount,
        queueBytes,
        redialFirst,
        redialLongest,
        drainTimeout,
        largestBytes,
        bufferBytes);
  }
}
