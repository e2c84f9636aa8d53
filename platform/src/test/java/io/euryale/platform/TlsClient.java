package io.euryale.platform;

import io.euryale.platform.keys.KeyFiles;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// A TLS socket of the JDK that believes everybody, and sends whatever it is told.
final class TlsClient implements AutoCloseable {

  private final SSLSocket socket;

  /// @param name whose files it shows, expired or not; null to show nothing
  TlsClient(int port, Path directory, @Nullable String name, String protocol)
      throws IOException, GeneralSecurityException {
    KeyManager[] proving = {};
    if (name != null) {
      List<X509Certificate> chain =
          KeyFiles.certificates(KeyFiles.certificateFile(directory, name));
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, new char[0]);
      store.setKeyEntry(
          "own",
          KeyFiles.privateKey(KeyFiles.keyFile(directory, name), chain.getFirst()),
          new char[0],
          chain.toArray(new X509Certificate[0]));
      KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
      factory.init(store, new char[0]);
      X509ExtendedKeyManager own = (X509ExtendedKeyManager) factory.getKeyManagers()[0];
      proving = new KeyManager[] {new Stubborn(own)};
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(proving, new TrustManager[] {new Credulous()}, null);
    socket = (SSLSocket) context.getSocketFactory().createSocket(Peers.HOST, port);
    socket.setEnabledProtocols(new String[] {protocol});
    socket.setSoTimeout(10_000);
  }

  void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  /// Ends the handshake; every further call asks the other side to change the keys.
  void handshake() throws IOException {
    socket.startHandshake();
  }

  /// What both sides have agreed on; waits for the handshake.
  String cipher() {
    return socket.getSession().getCipherSuite();
  }

  /// The body of the next frame.
  byte[] readFrame() throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    int length = in.readInt();
    in.readInt();
    return in.readNBytes(length);
  }

  /// Whether the other side has ended the connection, for whatever reason, within the timeout.
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

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /// Shows its certificate also to those who did not ask for one of its authority.
  private static final class Stubborn extends X509ExtendedKeyManager {
    private final X509ExtendedKeyManager own;

    Stubborn(X509ExtendedKeyManager own) {
      this.own = own;
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return "own";
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[] {"own"};
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public @Nullable String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return own.getCertificateChain(alias);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return own.getPrivateKey(alias);
    }
  }

  private static final class Credulous extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
