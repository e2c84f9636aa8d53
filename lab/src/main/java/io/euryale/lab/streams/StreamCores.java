package io.euryale.lab.streams;

import io.euryale.kernel.Home;
import io.euryale.kernel.TrafficClass;
import io.euryale.service.stream.Publisher;
import io.euryale.service.stream.Relay;
import io.euryale.service.stream.StreamSettings;
import io.euryale.service.stream.Subscriber;
import io.euryale.simulation.SimProcess;

/// Makes the streaming cores of the processes; tests plant bugs here.
interface StreamCores {

  /// The shipped cores.
  StreamCores SHIPPED =
      new StreamCores() {
        @Override
        public Relay relay(
            StreamSettings settings, TrafficClass trafficClass, SimProcess process, Home home) {
          return new Relay(settings, trafficClass, process.ref(), home);
        }

        @Override
        public Publisher publisher(
            StreamSettings settings,
            TrafficClass trafficClass,
            SimProcess process,
            Home home,
            Publisher.Listener listener) {
          return new Publisher(settings, trafficClass, process.ref(), home, listener);
        }

        @Override
        public Subscriber subscriber(
            StreamSettings settings, boolean near, Home home, Subscriber.Listener listener) {
          return new Subscriber(settings, near, home, listener);
        }
      };

  Relay relay(StreamSettings settings, TrafficClass trafficClass, SimProcess process, Home home);

  Publisher publisher(
      StreamSettings settings,
      TrafficClass trafficClass,
      SimProcess process,
      Home home,
      Publisher.Listener listener);

  Subscriber subscriber(
      StreamSettings settings, boolean near, Home home, Subscriber.Listener listener);

  /// Whether a peer that is drained sends its sensors away.
  default boolean drainsSensors() {
    return true;
  }

  /// Whether a peer that is drained hands on what it holds before it ends.
  default boolean handsOn() {
    return true;
  }

  /// Whether a client goes to other peers when the overlay tells it of others.
  default boolean clientsFollow() {
    return true;
  }

  /// Whether a peer's part in streams hears of a place in another cell.
  default boolean relaysFollow() {
    return true;
  }
}
