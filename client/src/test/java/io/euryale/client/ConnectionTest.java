package io.euryale.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.client.wire.SessionCodec;
import io.euryale.client.wire.SessionFrame;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A client and a peer that is played by hand.
@Timeout(60)
class ConnectionTest {

  @TempDir Path directory;

  @Test
  void aLossThatTheWritingThreadFindsIsToldInWords() throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("peer"));
    try (ServerSocketChannel peer = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      peer.bind(address);
      CompletableFuture<SocketChannel> accepted = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  SocketChannel session = peer.accept();
                  session.write(
                      SessionCodec.encode(
                          new SessionFrame.Welcome(SessionCodec.VERSION, "alpha", 1, 1_000)));
                  accepted.complete(session);
                } catch (Exception e) {
                  accepted.completeExceptionally(e);
                }
              });
      GroupClient client = GroupClient.connect(address.getPath(), "app", Duration.ZERO);
      try (SocketChannel session = accepted.get(20, TimeUnit.SECONDS)) {
        session.shutdownInput(); // It would still talk, so reading does not end.
        CompletableFuture<String> told = new CompletableFuture<>();
        GroupListener listener =
            new GroupListener() {
              @Override
              public void ended(String reason) {
                told.complete(reason);
              }
            };
        client.join(TrafficClass.NORMAL, "orders", false, false, listener);
        assertThat(told.get(20, TimeUnit.SECONDS)).isEqualTo("the peer ended");
      }
    }
  }
}
