package io.euryale.group.named;

import io.euryale.group.Service;
import io.euryale.group.named.GroupFrame.Chunk;
import io.euryale.group.named.GroupFrame.ChunkKind;
import io.euryale.group.named.GroupFrame.ChunkTaken;
import io.euryale.group.named.GroupFrame.Credit;
import io.euryale.group.named.GroupFrame.Data;
import io.euryale.group.named.GroupFrame.Entry;
import io.euryale.group.named.GroupFrame.Flush;
import io.euryale.group.named.GroupFrame.Grant;
import io.euryale.group.named.GroupFrame.Join;
import io.euryale.group.named.GroupFrame.Leave;
import io.euryale.group.named.GroupFrame.Memberships;
import io.euryale.group.named.GroupFrame.StateDone;
import io.euryale.group.named.GroupFrame.StateRequest;
import io.euryale.group.named.GroupFrame.Unordered;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One frame of each type, as version 1 writes it.
final class GroupFrames {

  static final long CONFIGURATION = 0x0123456789abcdefL;

  private static final GroupName GROUP = new GroupName("orders/europe");
  private static final PeerName APPLICATION = new PeerName("app");
  private static final GroupMemberId MEMBER =
      new GroupMemberId(PeerId.of("alpha", 3), new PeerName("desk"));

  private GroupFrames() {}

  static Map<String, GroupFrame> samples() {
    Map<String, GroupFrame> samples = new LinkedHashMap<>();
    samples.put(
        "group-memberships",
        new Memberships(
            true,
            77,
            List.of(
                new Entry(GROUP, APPLICATION, true, false, true, 12, 3, -5, 2),
                new Entry(GROUP, new PeerName("b"), false, true, false, 14, 0, 0, 1))));
    samples.put("group-join", new Join(GROUP, APPLICATION, true, false, 1));
    samples.put("group-leave", new Leave(GROUP, APPLICATION, true));
    samples.put("group-unordered", new Unordered(GROUP));
    samples.put("group-flush", new Flush(GROUP, 9));
    samples.put(
        "group-data",
        new Data(
            GROUP, APPLICATION, Service.CAUSAL, 9, -2, 4096, List.of(MEMBER), Run.bytes("hello")));
    samples.put("group-credit", new Credit(List.of(new Grant(GROUP, PeerId.of("beta", 1), 512))));
    samples.put(
        "group-chunk",
        new Chunk(GROUP, APPLICATION, MEMBER, 2, 7, ChunkKind.MORE, Run.bytes("state")));
    samples.put("group-chunk-taken", new ChunkTaken(GROUP, MEMBER, APPLICATION, 2, 8));
    samples.put("group-state-request", new StateRequest(GROUP, APPLICATION, 3, 1, MEMBER));
    samples.put("group-state-done", new StateDone(GROUP, APPLICATION));
    return samples;
  }
}
