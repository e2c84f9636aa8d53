package io.euryale.platform;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/// Stands between a dialler and a port, passes one connection on, and changes a bit when told to.
final class Meddler implements AutoCloseable {

  private final ServerSocket listening;
  private final Socket onward = new Socket();
  private volatile boolean spoils;

  Meddler(int port) throws IOException {
    listening = new ServerSocket(0, 1, InetAddress.getByName(Peers.HOST));
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                Socket accepted = listening.accept();
                onward.connect(new java.net.InetSocketAddress(Peers.HOST, port));
                Thread.ofVirtual().start(() -> pass(onward, accepted, false));
                pass(accepted, onward, true);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  int port() {
    return listening.getLocalPort();
  }

  /// Changes a bit in the middle of what the dialler sends next.
  void spoilNext() {
    spoils = true;
  }

  private void pass(Socket from, Socket to, boolean mayCheat) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] bytes = new byte[64 << 10];
      for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
        if (mayCheat && spoils) {
          bytes[count / 2] ^= 1;
          spoils = false;
        }
        out.write(bytes, 0, count);
      }
    } catch (IOException _) {
      // Ended by one of the two.
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    onward.close();
  }
}
