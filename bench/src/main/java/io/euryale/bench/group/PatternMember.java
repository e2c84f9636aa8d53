package io.euryale.bench.group;

import io.euryale.bench.group.pattern.Pattern;
import io.euryale.group.Service;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A member of one of the bare orderings.
final class PatternMember implements Member {

  static final List<Service> SERVICES = List.of(Service.AGREED, Service.SAFE);

  /// Opens the socket.
  @FunctionalInterface
  interface Opening {
    Pattern open(int self, int members, int port) throws IOException;
  }

  private final Seat seat;
  private final Opening opening;
  private @Nullable Pattern pattern;

  PatternMember(Seat seat, Opening opening) {
    this.seat = seat;
    this.opening = opening;
  }

  @Override
  public List<Service> services() {
    return SERVICES;
  }

  private Pattern pattern() {
    Pattern opened = pattern;
    if (opened == null) {
      throw new IllegalStateException("not joined");
    }
    return opened;
  }

  @Override
  public void join(Upcalls upcalls) throws IOException {
    Pattern opened = opening.open(seat.index(), seat.members(), seat.port());
    pattern = opened;
    opened.start(upcalls::delivered);
    // There is no membership: everybody is there from the start.
    upcalls.configured(IntStream.range(0, seat.members()).mapToObj(i -> "m" + i).toList());
  }

  @Override
  public void send(Service service, byte[] message) throws IOException, InterruptedException {
    pattern().send(service, message);
  }

  @Override
  public void begin(int run) {
    pattern().begin(run);
  }

  @Override
  public long packets() {
    return pattern().packets();
  }

  @Override
  public void leave() throws IOException {
    pattern().close();
  }
}
