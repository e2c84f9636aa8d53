package io.euryale.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Lengths, counts and numbers at the edges, in every place of every message of cells: either the
/// message is read, and is what is then written again, or it is malformed.
class HostileBytesOfCellsTest {

  private static final long[] NUMBERS = {
    0,
    1,
    -1,
    Byte.MAX_VALUE,
    255,
    256,
    257,
    Short.MAX_VALUE,
    1 << 15,
    (1 << 16) - 1,
    1 << 16,
    Integer.MAX_VALUE,
    1L << 31,
    (1L << 32) - 1,
    (1L << 62) - 1,
    1L << 62,
    (1L << 62) + 1,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private final WireWriter writer = new WireWriter();
  private final WireReader reader = new WireReader();

  static Stream<String> samples() {
    return CellMessages.samples().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void any_number_in_any_place_is_read_or_malformed(String name) {
    byte[] sample = bytes(CellMessages.samples().get(name));
    for (int at = 1; at < sample.length; at++) {
      for (long number : NUMBERS) {
        for (int width : new int[] {1, 2, 4, 8}) {
          if (at + width <= sample.length) {
            readOrMalformed(with(sample, at, width, number));
          }
        }
      }
    }
  }

  private void readOrMalformed(byte[] bytes) {
    switch (decode(bytes)) {
      case Decoded.Ok<CellMessage>(CellMessage message) ->
          assertThat(decode(bytes(message))).isEqualTo(new Decoded.Ok<>(message));
      case Decoded.Malformed<CellMessage> malformed -> assertThat(malformed.reason()).isNotBlank();
      case Decoded.Unknown<CellMessage> unknown -> throw new AssertionError(unknown);
    }
  }

  static Stream<Arguments> lists() {
    return Stream.of(
        list("root cell", 256, n -> new CellMessage.Redirect(refs(n))),
        list("members", 256, n -> new CellMessage.BindingReply(CellId.ROOT, refs(n), List.of())),
        list("above", 256, n -> new CellMessage.BindingReply(CellId.ROOT, List.of(), refs(n))),
        list("route of a join", 16, n -> new CellMessage.Join(ref(1), CellId.ROOT, true, refs(n))),
        list("route back", 16, n -> new CellMessage.JoinReply(ref(1).id(), null, refs(n))),
        list("members of a view", 256, n -> new CellMessage.BindReply(view(n))),
        list("level one", 256, n -> new CellMessage.News(new RootNews(view(1), 1, refs(n), 1))),
        list("cell", 256, n -> new CellMessage.AttachReply(refs(n), List.of(), List.of())),
        list("spares", 8, n -> new CellMessage.AttachReply(List.of(), List.of(), refs(n))),
        list("mesh", 256, n -> new CellMessage.Mesh(refs(n))),
        list(
            "cells of a status",
            1024,
            n ->
                new CellMessage.StatusReply(
                    0, 1, true, "MEMBER", null, null, repeat(n, _ -> view(1)))),
        list(
            "offers",
            Offer.MAX_OFFERS,
            n -> new CellMessage.Adverts(repeat(n, i -> new Offer(ref(i), 0, List.of())))),
        list(
            "adverts of an offer",
            Advert.MAX_OF_PEER,
            n ->
                new CellMessage.Adverts(
                    List.of(
                        new Offer(
                            ref(1), 0, repeat(n, _ -> new Advert(Resource.SERVICE, "s", 1)))))),
        list(
            "route of a query",
            16,
            n -> new CellMessage.Find(1, Query.all(Resource.PEER, "*"), 0, 0, refs(n))),
        list(
            "findings",
            Findings.MOST,
            n ->
                new CellMessage.Found(
                    1,
                    List.of(),
                    new Findings(
                        repeat(n, i -> new Findings.Finding(ref(i), "x", 0, 0)), n, true))),
        list(
            "events",
            EventLog.MOST,
            n ->
                new CellMessage.EventsReply(
                    new LoggedEvents(repeat(n, i -> new LoggedEvent(i, 0, "ROOT", "x")), false))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lists")
  void a_list_has_as_many_entries_as_it_may_and_no_more(
      String what, int most, IntFunction<CellMessage> make) {
    for (int count : new int[] {0, 1, most}) {
      if (count > 0 || !what.equals("members of a view")) {
        CellMessage message = make.apply(count);
        assertThat(decode(bytes(message))).as("%d", count).isEqualTo(new Decoded.Ok<>(message));
      }
    }
    assertThat(decode(bytes(make.apply(most)))).isInstanceOf(Decoded.Ok.class);
    byte[] full = bytes(make.apply(most));
    int at = indexOfCount(full, most);
    assertThat(decode(with(full, at, 2, most + 1))).isInstanceOf(Decoded.Malformed.class);
    assertThat(decode(with(full, at, 2, 65_535))).isInstanceOf(Decoded.Malformed.class);
  }

  /// What a liar may claim of numbers, and what is beyond.
  @Test
  void numbers_have_room_above_all_that_honest_peers_reach_and_end_before_they_wrap() {
    long most = CellView.MAX_NUMBER;
    assertThat(decode(bytes(news(most, most, most, RootNews.MAX_PEERS))))
        .isInstanceOf(Decoded.Ok.class);
    assertMalformed(news(most + 1, 1, 1, 1), "a term is 1 to 2^62");
    assertMalformed(news(Long.MAX_VALUE, 1, 1, 1), "a term is 1 to 2^62");
    assertMalformed(news(0, 1, 1, 1), "a term is 1 to 2^62");
    assertMalformed(news(Long.MIN_VALUE, 1, 1, 1), "a term is 1 to 2^62");
    assertMalformed(news(1, most + 1, 1, 1), "version is 0 to 2^62");
    assertMalformed(news(1, -1, 1, 1), "version is 0 to 2^62");
    assertMalformed(news(1, 1, Long.MAX_VALUE, 1), "sequence is 0 to 2^62");
    assertMalformed(news(1, 1, -1, 1), "sequence is 0 to 2^62");
    assertMalformed(news(1, 1, 1, RootNews.MAX_PEERS + 1), "has no 65537 peers");
    assertMalformed(news(1, 1, 1, -1), "has no -1 peers");
  }

  private static CellMessage news(long term, long version, long sequence, int peers) {
    CellView.Member anna = new CellView.Member(ref(1), null);
    CellView root = new CellView(CellId.ROOT, new Term(term, anna.id()), version, List.of(anna));
    return new CellMessage.News(new RootNews(root, sequence, List.of(), peers));
  }

  private void assertMalformed(CellMessage message, String why) {
    assertThat(decode(bytes(message)))
        .isInstanceOfSatisfying(
            Decoded.Malformed.class, malformed -> assertThat(malformed.reason()).contains(why));
  }

  private static int indexOfCount(byte[] bytes, int count) {
    for (int at = 1; at < bytes.length - 1; at++) {
      if (ByteBuffer.wrap(bytes).getShort(at) == (short) count) {
        return at;
      }
    }
    throw new AssertionError("no count of " + count);
  }

  private static Arguments list(String what, int most, IntFunction<CellMessage> make) {
    return Arguments.of(what, most, make);
  }

  private static <T> List<T> repeat(int count, IntFunction<T> make) {
    List<T> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(make.apply(i));
    }
    return all;
  }

  private static PeerRef ref(int number) {
    return new PeerRef(PeerId.of("n" + number, 7), new Endpoint("h", 9, 9, 9, 9));
  }

  private static List<PeerRef> refs(int count) {
    return repeat(count, HostileBytesOfCellsTest::ref);
  }

  private static CellView view(int members) {
    List<CellView.Member> all = repeat(members, i -> new CellView.Member(ref(i), null));
    return new CellView(CellId.ROOT, new Term(9, ref(0).id()), 9, all);
  }

  private static byte[] with(byte[] bytes, int at, int width, long number) {
    byte[] changed = Arrays.copyOf(bytes, bytes.length);
    for (int i = 0; i < width; i++) {
      changed[at + i] = (byte) (number >> 8 * (width - 1 - i));
    }
    return changed;
  }

  private Decoded<CellMessage> decode(byte[] bytes) {
    return CellCodec.decode(reader, ByteBuffer.wrap(bytes));
  }

  private byte[] bytes(CellMessage message) {
    ByteBuffer frame = CellCodec.encode(writer, message);
    byte[] bytes = new byte[frame.remaining()];
    frame.get(bytes);
    return bytes;
  }
}
