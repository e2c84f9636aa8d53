package io.euryale.lab.real;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// Addresses of loopback, one for each member: works everywhere, loses nothing.
public final class LoopbackGround implements Ground {

  private final String network;

  public LoopbackGround() {
    // Other runs on this machine have other addresses, so that all may use the same ports.
    ThreadLocalRandom random = ThreadLocalRandom.current();
    network = "127." + (1 + random.nextInt(254)) + "." + random.nextInt(255) + ".";
  }

  @Override
  public boolean isKeyed() {
    return false;
  }

  @Override
  public boolean dropsPackets() {
    return false;
  }

  @Override
  public String host(int index) {
    return network + (index + 1);
  }

  @Override
  public List<String> launcher(int index) {
    return List.of();
  }

  @Override
  public void drop(int from, int to, int percent) {
    throw new UnsupportedOperationException("Loopback loses nothing");
  }

  @Override
  public void pass(int from, int to, int percent) {
    throw new UnsupportedOperationException("Loopback loses nothing");
  }

  @Override
  public void heal() {}

  @Override
  public void close() {}
}
