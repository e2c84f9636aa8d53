package io.euryale.platform;

import io.euryale.kernel.DatagramHome;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.trace.TraceEvent;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// A home whose core's observations are also counted, whether or not a trace is written.
///
/// @param home the home
/// @param observer called by the loop with each observation
public record ObservedHome(DatagramHome home, Consumer<TraceEvent> observer)
    implements DatagramHome {

  @Override
  public void observe(TraceEvent event) {
    observer.accept(event);
    home.observe(event);
  }

  @Override
  public boolean observes(String event) {
    return home.observes(event);
  }

  @Override
  public int address(Endpoint remote) {
    return home.address(remote);
  }

  @Override
  public void forget(int address) {
    home.forget(address);
  }

  @Override
  public boolean sendTo(int address, ByteBuffer datagram) {
    return home.sendTo(address, datagram);
  }

  @Override
  public int datagramBytes(int address) {
    return home.datagramBytes(address);
  }

  @Override
  public int receiveBufferBytes() {
    return home.receiveBufferBytes();
  }

  @Override
  public void takeDatagrams(boolean taken) {
    home.takeDatagrams(taken);
  }

  @Override
  public void persist(int record, ByteBuffer value) {
    home.persist(record, value);
  }

  @Override
  public ByteBuffer recorded(int record) {
    return home.recorded(record);
  }

  @Override
  public void keyBytes(byte[] target) {
    home.keyBytes(target);
  }

  @Override
  public boolean send(int link, ByteBuffer frame) {
    return home.send(link, frame);
  }

  @Override
  public int connect(Endpoint remote) {
    return home.connect(remote);
  }

  @Override
  public void disconnect(int link) {
    home.disconnect(link);
  }

  @Override
  public void wakeAt(long deadlineNanos) {
    home.wakeAt(deadlineNanos);
  }

  @Override
  public long jitter(long bound) {
    return home.jitter(bound);
  }
}
