package io.euryale.console.architecture.planted;

import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;

/// What no protocol module may touch. Never run:
/// [io.euryale.console.architecture.ArchitectureTest] reads the class file.
final class ForbiddenTypes {

  private ForbiddenTypes() {}

  static Object socket() {
    return new Socket();
  }

  static SocketChannel channel() throws IOException {
    return SocketChannel.open();
  }

  static Object oldFile() {
    return new File("planted");
  }

  static boolean newFile(Object path) {
    return Files.exists((Path) path);
  }

  static void thread() {
    Thread.yield();
  }

  static Object lock() {
    return new ReentrantLock();
  }

  static ExecutorService executor() {
    return Executors.newSingleThreadExecutor();
  }

  static synchronized void monitor() {}
}
