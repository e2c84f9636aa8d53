package io.euryale.group.order;

import io.euryale.group.Service;

/// The decisions that the promises of delivery hang on, in one place. Never chosen by settings or
/// wire: tests break one rule at a time and prove that a checker sees it.
public class OrderRules {

  /// The rules as they have to be.
  public static final OrderRules SOUND = new OrderRules();

  protected OrderRules() {}

  /// Whether the earliest packet has its place: nothing before it can come any more, and for a SAFE
  /// one everybody holds it and everything before it.
  protected boolean hasItsPlace(Service service, long time, long line, long stableLine) {
    return time <= line && (service != Service.SAFE || time <= stableLine);
  }

  /// What everybody holds, given what the members before and one more say.
  protected long stable(long least, long line) {
    return Math.min(least, line);
  }

  /// Up to which timestamp packets are forgotten.
  protected long forgetUpTo(long line, long stableLine) {
    return stableLine;
  }

  /// Whether a CAUSAL packet waits for what it depends on.
  protected boolean waitsForCauses() {
    return true;
  }

  /// Whether packets that recovery brought are delivered.
  protected boolean deliversRecovered() {
    return true;
  }

  /// Whether the class sends nothing between two configurations.
  protected boolean fallsSilent() {
    return true;
  }

  /// Whether a packet of a member that did not come along is delivered after the change, although a
  /// packet that it may depend on is missing.
  protected boolean dropsOrphans() {
    return true;
  }

  /// Whether a member that told that it holds the union is obliged to it in later changes.
  protected boolean isObliged() {
    return true;
  }

  /// Whether missing packets are asked for.
  protected boolean repairs() {
    return true;
  }

  /// Whether a packet that is here already is dropped when it comes again.
  protected boolean dropsRepetitions() {
    return true;
  }

  /// Whether packets of another configuration are told apart.
  protected boolean tellsConfigurationsApart() {
    return true;
  }

  /// Whether the packets that different members hold are joined at a change; else each keeps its
  /// own.
  protected boolean joinsHoldings() {
    return true;
  }

  /// The timestamp as it is compared; 32 bits are not enough.
  protected long compared(long time) {
    return time;
  }

  /// Whether the window opens again when everybody holds an own packet.
  protected boolean reopensWindow() {
    return true;
  }

  /// Whether a piece of a RELIABLE message is kept until the message is whole here, although
  /// everybody holds the piece.
  protected boolean keepsPieces() {
    return true;
  }

  /// Whether the merged knowledge decides what belongs into the regular configuration; else what
  /// this member alone knows.
  protected boolean deliversByMergedKnowledge() {
    return true;
  }
}
