package io.euryale.platform;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Keeps a directory to one user at a time, in this process and in others; the operating system
/// lets go of it when the process ends, however it ends.
final class DirectoryLock implements AutoCloseable {

  private static final String NAME = "lock";

  /// The directories locked by this process. A file lock belongs to the whole process, and closing
  /// the file a second time would let go of the first lock as well, so a second try must not even
  /// open it.
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel channel;
  private final FileLock lock;

  private DirectoryLock(Path directory, FileChannel channel, FileLock lock) {
    this.directory = directory;
    this.channel = channel;
    this.lock = lock;
  }

  /// Locks an existing directory; null when somebody has.
  static @Nullable DirectoryLock take(Path directory) throws IOException {
    Path real = directory.toRealPath();
    if (!HELD.add(real)) {
      return null;
    }
    FileChannel channel = null;
    DirectoryLock taken = null;
    try {
      channel =
          FileChannel.open(real.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock != null) {
        taken = new DirectoryLock(real, channel, lock);
      }
    } finally {
      if (taken == null) {
        if (channel != null) {
          channel.close();
        }
        HELD.remove(real);
      }
    }
    return taken;
  }

  /// Lets go; a second call does nothing.
  @Override
  public void close() throws IOException {
    if (!lock.isValid()) {
      return;
    }
    try (channel) {
      lock.release();
    } finally {
      HELD.remove(directory);
    }
  }
}
