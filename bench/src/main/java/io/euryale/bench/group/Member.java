package io.euryale.bench.group;

import io.euryale.group.Service;
import java.io.IOException;
import java.util.List;

/// One member of a system under test, in a process of its own.
///
/// Any thread may send; upcalls come from the system's threads.
interface Member extends AutoCloseable {

  /// What a member hears.
  interface Upcalls {

    /// A message of anybody is delivered here, own ones too. The bytes are valid only during the
    /// call.
    void delivered(byte[] bytes, int offset, int length);

    /// A regular configuration (a view) was installed.
    ///
    /// @param members names, in any order
    void configured(List<String> members);

    /// Whether the present configuration is the primary component, for systems that know one.
    void primary(boolean isPrimary);

    /// Hears nothing.
    Upcalls NONE =
        new Upcalls() {
          @Override
          public void delivered(byte[] bytes, int offset, int length) {}

          @Override
          public void configured(List<String> members) {}

          @Override
          public void primary(boolean isPrimary) {}
        };
  }

  /// The services that [#send] takes.
  List<Service> services();

  /// Joins the group. Returns once a first configuration is installed.
  ///
  /// @throws IOException when it cannot; its message is one sentence
  void join(Upcalls upcalls) throws IOException, InterruptedException;

  /// Sends a message to all members. Waits as long as the system itself holds its senders back.
  ///
  /// @param message belongs to the member from now on
  void send(Service service, byte[] message) throws IOException, InterruptedException;

  /// A new run begins: nothing of an earlier one is under way. What only counts may start anew.
  default void begin(int run) {}

  /// Packets sent since the start, or -1 when the system does not say.
  default long packets() {
    return -1;
  }

  /// Leaves the group in an orderly way.
  void leave() throws IOException;

  @Override
  default void close() throws IOException {
    leave();
  }
}
