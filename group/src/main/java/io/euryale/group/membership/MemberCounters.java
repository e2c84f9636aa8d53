package io.euryale.group.membership;

/// What the control core of a member has counted of what peers with a session said. Datagrams of
/// strangers are counted by [io.euryale.link.LinkCounters]. Written by the control loop.
public final class MemberCounters {
  /// Messages that no version would send.
  public long malformed;

  /// Messages of a kind that only later versions know.
  public long unknown;

  /// Messages with fields of a later version at their end, which were skipped.
  public long skippedFields;

  /// Well-formed messages that no member would send: of somebody who does not coordinate, about an
  /// old configuration that is not this peer's, with numbers far beyond all others.
  public long implausible;

  /// Datagrams of peers that are not looked at any more, such as an earlier life.
  public long stranger;

  MemberCounters() {}
}
