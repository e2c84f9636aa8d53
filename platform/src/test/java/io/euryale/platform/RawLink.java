package io.euryale.platform;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/// A plain socket that may break every rule of the wire.
final class RawLink implements AutoCloseable {

  private final Socket socket = new Socket();

  RawLink(int port) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setReceiveBufferSize(16 << 10);
    socket.setSoTimeout(10_000);
    socket.connect(new InetSocketAddress(InetAddress.getByName(Peers.HOST), port));
  }

  void write(byte[] bytes) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(bytes);
    out.flush();
  }

  void write(byte[] bytes, int from, int count) throws IOException {
    socket.getOutputStream().write(bytes, from, count);
  }

  byte[] readFrame() throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    int length = in.readInt();
    in.readInt();
    return in.readNBytes(length);
  }

  /// Whether the other side has ended the connection, by a close or a reset, within the timeout.
  boolean isEnded() {
    try {
      byte[] sink = new byte[4096];
      while (socket.getInputStream().read(sink) >= 0) {
        continue;
      }
      return true;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /// Ends this direction only.
  void finishWriting() throws IOException {
    socket.shutdownOutput();
  }

  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
