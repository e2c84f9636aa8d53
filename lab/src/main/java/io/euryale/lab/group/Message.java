package io.euryale.lab.group;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// A message of a run by its id; one object per id and space; grows while the trace is read.
final class Message {

  final String text;

  /// Counts the messages of a run, from 0.
  final int index;

  final Life sender;

  /// The traffic class, as a small number; see [GroupEvents].
  final int lane;

  final long sequence;

  /// Who delivered it, by [Life#index].
  final BitSet deliveredBy = new BitSet();

  private GroupEvent.@Nullable Send send;
  private @Nullable View bound;

  Message(String text, int index, Life sender, int lane, long sequence) {
    this.text = text;
    this.index = index;
    this.sender = sender;
    this.lane = lane;
    this.sequence = sequence;
  }

  /// The first `SEND`, or null while there was none.
  GroupEvent.@Nullable Send send() {
    return send;
  }

  void sent(GroupEvent.Send event) {
    send = event;
  }

  /// The regular view it belongs to: in the ordering layer the one it was sent in; in a group the
  /// one in which it was delivered first, because the order decides that.
  @Nullable View bound() {
    return bound;
  }

  void bind(View view) {
    bound = view;
  }

  /// The same in every run, unlike that of identity; equality is identity.
  @Override
  public int hashCode() {
    return index;
  }

  @Override
  public String toString() {
    return text;
  }
}
