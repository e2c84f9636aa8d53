package io.euryale.lab.streams;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.TrafficClass;
import io.euryale.service.stream.StreamSettings;
import io.euryale.simulation.Simulation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// What all processes of one schedule have in common.
final class StreamGround {

  /// In the last, streams have an offer, and packets that nobody has to see.
  static final List<TrafficClass> DATA =
      List.of(TrafficClass.ALARM, TrafficClass.CRITICAL, TrafficClass.NORMAL);

  /// Room of peers and clients when one stream is slow, and of sensors.
  private static final long NARROW_BYTES = 24 << 10;

  private static final long SENSOR_BYTES = 48 << 10;

  private static final int MOST_CONTACTS = 4;

  final Simulation simulation;
  final StreamPlan plan;
  final Upheaval upheaval;
  final StreamCores cores;

  /// Of sensors.
  final StreamSettings settings;

  /// Of peers and clients.
  final StreamSettings narrow;

  StreamGround(Simulation simulation, StreamPlan plan, Upheaval upheaval, StreamCores cores) {
    this.simulation = simulation;
    this.plan = plan;
    this.upheaval = upheaval;
    this.cores = cores;
    StreamSettings usual = StreamSettings.defaults().withPacketBytes(1024);
    boolean narrows = upheaval.narrows(plan);
    settings = narrows ? usual.withStoreBytes(SENSOR_BYTES) : usual;
    narrow = narrows ? usual.withStoreBytes(NARROW_BYTES) : usual;
  }

  /// A time after the faults.
  long later(long nanos) {
    return nanos + upheaval.extraNanos();
  }

  /// Whether the overlay changes.
  boolean changes() {
    return upheaval.kind() != Upheaval.Kind.NONE;
  }

  /// By which a process finds the overlay: some of the first peers, but not itself.
  List<Endpoint> contacts(String self) {
    return contacts(self, plan.peers());
  }

  /// In an upheaval a client knows the first root cell only, which may be gone, or beyond reach,
  /// while others of the overlay go on.
  ///
  /// @param place of the peer that it is to be near to, which comes first
  List<Endpoint> clientContacts(int place) {
    List<Endpoint> contacts = contacts("", changes() ? plan.peersPerCell() : plan.peers());
    if (place != StreamPlan.Places.ROOT) {
      contacts.addFirst(contact(StreamPlan.peer(place)));
    }
    return contacts;
  }

  /// In an upheaval a sensor finds others by what the peer that it is near to told.
  List<Endpoint> sensorContacts(String nearest) {
    List<Endpoint> contacts = changes() ? new ArrayList<>() : contacts(nearest);
    contacts.addFirst(contact(nearest));
    return contacts;
  }

  private List<Endpoint> contacts(String self, int first) {
    List<Endpoint> contacts = new ArrayList<>();
    for (int i = 0; i < first && contacts.size() < MOST_CONTACTS; i++) {
      String peer = StreamPlan.peer(i);
      if (!peer.equals(self)) {
        contacts.add(contact(peer));
      }
    }
    return contacts;
  }

  private Endpoint contact(String peer) {
    return Endpoint.contact(peer, simulation.process(peer).endpoint().controlPort());
  }

  /// Of a payload, as traces have it.
  static String digest(ByteBuffer payload) {
    long hash = 0xCBF29CE484222325L;
    while (payload.hasRemaining()) {
      hash = (hash ^ (payload.get() & 0xFF)) * 0x100000001B3L;
    }
    return Long.toHexString(hash);
  }
}
