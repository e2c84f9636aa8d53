package io.euryale.overlay;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How a member of a cell looks for things [1 §3.2]: at its coordinator, which looks at the
/// coordinator of the cell above, up to the root coordinator.
record CellPlace(Supplier<@Nullable Membership> stay) implements Discovery.Place {

  private @Nullable RootDirectory directory() {
    Membership here = stay.get();
    Coordination duties = here == null ? null : here.coordination();
    return duties == null ? null : duties.directory();
  }

  @Override
  public @Nullable PeerRef up() {
    Membership here = stay.get();
    if (here == null) {
      return null;
    }
    if (here.coordination() == null) {
      return here.view().coordinatorRef();
    }
    CellView above = here.above();
    return above == null ? null : above.coordinatorRef();
  }

  @Override
  public boolean isTop() {
    return directory() != null;
  }

  @Override
  public List<PeerRef> peers() {
    Membership here = stay.get();
    if (here == null) {
      return List.of();
    }
    RootDirectory directory = directory();
    if (directory == null) {
      return here.view().peers();
    }
    List<PeerRef> all = new ArrayList<>();
    directory.views().forEach(view -> all.addAll(view.peers()));
    return all;
  }

  @Override
  public @Nullable Set<PeerId> alive() {
    if (directory() == null) {
      return null;
    }
    Set<PeerId> alive = new HashSet<>();
    peers().forEach(peer -> alive.add(peer.id()));
    return alive;
  }
}
