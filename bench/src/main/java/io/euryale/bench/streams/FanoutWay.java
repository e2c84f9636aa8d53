package io.euryale.bench.streams;

import io.euryale.bench.BenchException;
import io.euryale.bench.Child;
import java.util.List;

/// One of the two ways from the sensor to many clients. For the thread of the run.
interface FanoutWay extends Sender.Entry, AutoCloseable {

  /// In results.
  String label();

  /// Who records what comes.
  Audience audience();

  /// Adds clients until there are so many.
  ///
  /// @param clients at least as many as there are
  void attach(FanoutPlace place, int clients) throws BenchException, InterruptedException;

  /// All clients leave.
  void leave();

  /// The processes between the sensor and the clients.
  List<Child> processes();

  @Override
  void close();
}
