package io.euryale.link;

import io.euryale.kernel.PeerName;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Handshakes without keys, for loopback: the same messages, protected against damage only.
final class PlainScheme implements Scheme {

  private static final int FIXED_BYTES = 12;
  private static final int TAG_BYTES = 4;

  private final CRC32C crc = new CRC32C();

  @Override
  public boolean isKeyed() {
    return false;
  }

  @Override
  public int ways(PeerName peer) {
    return 1;
  }

  @Override
  public Initiation first(PeerName peer, int way, int localIndex, long attempt, Greeting greeting) {
    ByteBuffer datagram = message(Envelope.FIRST, 0, attempt, localIndex, greeting);
    return new Initiation(
        peer, localIndex, attempt, datagram, null, null, new byte[0], new byte[0]);
  }

  @Override
  public Outcome<Claim> claim(ByteBuffer datagram) {
    return switch (greeting(datagram)) {
      case Outcome.No<Greeting>(Rejection reason) -> new Outcome.No<>(reason);
      case Outcome.Is<Greeting>(Greeting greeting) ->
          new Outcome.Is<>(
              new Claim(
                  greeting.self().name(),
                  index(datagram),
                  greeting.self().id().incarnation(),
                  Envelope.number(datagram),
                  null));
    };
  }

  @Override
  public Outcome<Introduction> introduction(Claim claim, ByteBuffer datagram) {
    return switch (greeting(datagram)) {
      case Outcome.No<Greeting>(Rejection reason) -> new Outcome.No<>(reason);
      case Outcome.Is<Greeting>(Greeting greeting) ->
          new Outcome.Is<>(
              new Introduction(claim, greeting, new byte[0], new byte[0], new byte[0]));
    };
  }

  @Override
  public Agreement second(Introduction introduction, int localIndex, Greeting greeting) {
    Claim claim = introduction.claim();
    ByteBuffer datagram =
        message(Envelope.SECOND, claim.index(), claim.attempt(), localIndex, greeting);
    return new Agreement(greeting, claim.index(), datagram, null, null);
  }

  @Override
  public Outcome<Agreement> agreement(Initiation initiation, ByteBuffer datagram) {
    return switch (greeting(datagram)) {
      case Outcome.No<Greeting>(Rejection reason) -> new Outcome.No<>(reason);
      case Outcome.Is<Greeting>(Greeting greeting) ->
          new Outcome.Is<>(
              new Agreement(greeting, index(datagram), ByteBuffer.allocate(0), null, null));
    };
  }

  private ByteBuffer message(
      int kind, int remoteIndex, long attempt, int localIndex, Greeting greeting) {
    byte[] bytes = greeting.encode();
    ByteBuffer datagram =
        ByteBuffer.allocate(Envelope.HEADER_BYTES + FIXED_BYTES + bytes.length + TAG_BYTES);
    Envelope.write(datagram, kind, false, remoteIndex, attempt);
    datagram.putInt(localIndex).putLong(greeting.self().id().incarnation()).put(bytes);
    datagram.putInt(checksum(datagram, 0, datagram.position()));
    return datagram.flip();
  }

  private Outcome<Greeting> greeting(ByteBuffer datagram) {
    int start = datagram.position();
    int end = datagram.limit() - TAG_BYTES;
    int body = start + Envelope.HEADER_BYTES + FIXED_BYTES;
    if (body > end) {
      return new Outcome.No<>(Rejection.TOO_SHORT);
    }
    if (checksum(datagram, start, end) != datagram.getInt(end)) {
      return new Outcome.No<>(Rejection.NOT_AUTHENTIC);
    }
    Greeting greeting = Greeting.decode(datagram.slice(body, end - body));
    if (greeting == null || greeting.self().id().incarnation() != datagram.getLong(body - 8)) {
      return new Outcome.No<>(Rejection.MALFORMED);
    }
    return new Outcome.Is<>(greeting);
  }

  private int checksum(ByteBuffer datagram, int start, int end) {
    crc.reset();
    crc.update(datagram.slice(start, end - start));
    return (int) crc.getValue();
  }

  private static int index(ByteBuffer datagram) {
    return datagram.getInt(datagram.position() + Envelope.HEADER_BYTES);
  }
}
