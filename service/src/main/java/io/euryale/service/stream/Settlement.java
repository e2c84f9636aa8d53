package io.euryale.service.stream;

import io.euryale.service.stream.Client.Progress;
import java.nio.ByteBuffer;

/// In the root cell: what each client has of a flow, and so what is free because all have it.
///
/// Owned by the relay's loop.
final class Settlement {

  private final RelayLinks links;
  private final Clients clients;
  private final Forwarding forwarding;
  private final StreamRules rules;

  /// All clients are known.
  private boolean isOpen = true;

  Settlement(RelayLinks links, Clients clients, Forwarding forwarding, StreamRules rules) {
    this.links = links;
    this.clients = clients;
    this.forwarding = forwarding;
    this.rules = rules;
  }

  /// Until all clients are known, nothing is free because those that are known have it.
  void open(boolean knowsAllClients) {
    isOpen = knowsAllClients;
  }

  boolean isOpen() {
    return isOpen;
  }

  /// A client says what it has.
  void note(long nowNanos, Client client, Flow flow, ByteBuffer progress) {
    Progress known = client.progress(flow.id);
    // What was never sent nobody has; a client that says so must not take it from others. It may be
    // ahead of a peer that has just taken its cell over, and says the same with the next packet.
    // What nobody keeps is in no window.
    long most = Math.max(flow.window.farthest(), flow.passedUpTo);
    long upTo = Math.min(most, StreamFrames.upTo(progress));
    known.has(upTo, upTo == StreamFrames.upTo(progress) ? StreamFrames.bits(progress) : 0);
    known.delivered = Math.max(known.delivered, Math.min(most, StreamFrames.delivered(progress)));
    if (known.conflated) {
      forwarding.catchUp(nowNanos, client, flow);
    }
  }

  /// Finishes what all clients that want a flow have, and works out what all of them delivered.
  ///
  /// @return whether anybody wants it, and it was looked at
  boolean settle(Flow flow) {
    if (!isOpen || !links.isRoot()) {
      return false;
    }
    long delivered = Long.MAX_VALUE;
    long passedOver = Long.MAX_VALUE;
    boolean wanted = false;
    for (Client client : clients.claimants()) {
      Progress progress = forwarding.progressOf(client, flow);
      if (progress != null) {
        wanted = true;
        if (passesOver(client, progress)) {
          passedOver = Math.min(passedOver, progress.delivered);
        } else {
          delivered = Math.min(delivered, progress.delivered);
        }
      }
    }
    if (!wanted) {
      return false;
    }
    if (delivered == Long.MAX_VALUE) {
      // They may have from a sibling what never left here.
      delivered = Math.max(newest(flow), passedOver);
    }
    Window window = flow.window;
    for (long sequence = window.base(); sequence < window.next(); sequence++) {
      Slot slot = window.at(sequence);
      if (slot.isPending() && allHave(flow, sequence, slot.mayLeave)) {
        window.finish(slot);
      }
    }
    flow.deliveredUpTo(delivered);
    return true;
  }

  /// A client that wants the newest only holds nobody up.
  private boolean passesOver(Client client, Progress progress) {
    return rules.passesOver(progress.conflated)
        || (!client.isHere() && !rules.waitsForClientsElsewhere());
  }

  /// The newest payload that has left, for clients that need not see each.
  private static long newest(Flow flow) {
    long last = flow.last.sequence() == 0 ? flow.delivered : flow.last.sequence();
    Window window = flow.window;
    for (long sequence = window.base(); sequence < window.next(); sequence++) {
      Slot slot = window.at(sequence);
      if (slot.isPending() && !slot.mayLeave) {
        return Math.min(last, sequence - 1);
      }
    }
    return last;
  }

  /// @param mayLeave whether it was sent to who is there; else it is not passed over
  private boolean allHave(Flow flow, long sequence, boolean mayLeave) {
    for (Client client : clients.claimants()) {
      Progress progress = forwarding.progressOf(client, flow);
      if (progress != null
          && !(mayLeave && passesOver(client, progress))
          && !progress.has(sequence)) {
        return false;
      }
    }
    return true;
  }
}
