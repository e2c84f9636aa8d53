package io.euryale.lab.real;

import java.io.IOException;
import java.util.List;

/// Where members run: what addresses they have, and whether packets between them can be lost.
///
/// One thread at a time.
public sealed interface Ground extends AutoCloseable permits LoopbackGround, NamespaceGround {

  /// Whether datagrams and connections need keys.
  boolean isKeyed();

  /// Whether [#drop] works.
  boolean dropsPackets();

  /// Address of a member.
  ///
  /// @param index from 0
  String host(int index);

  /// What stands before the command of a member.
  List<String> launcher(int index);

  /// From now on some of what `from` sends to `to` is lost. Adds to what is lost already.
  ///
  /// @param percent 1 to 100
  void drop(int from, int to, int percent) throws IOException, InterruptedException;

  /// Ends one [#drop] with the same arguments.
  void pass(int from, int to, int percent) throws IOException, InterruptedException;

  /// Nothing is lost any more.
  void heal() throws IOException, InterruptedException;

  /// Leaves nothing behind.
  @Override
  void close();
}
