package io.euryale.bench.streams;

/// So many clients somewhere.
///
/// @param clients from 1
record FanoutCase(FanoutPlace place, int clients) {

  /// In results, for one of the two ways.
  String label(String way) {
    return way + ", " + label();
  }

  String label() {
    return clients + (clients == 1 ? " client " : " clients ") + place.label();
  }
}
