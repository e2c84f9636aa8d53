package io.euryale.lighttrain.city;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CityReceptionTest {

  private final CityStream track = new CityStream(0, CityStream.Kind.TRACK, "market");
  private final List<String> told = new ArrayList<>();
  private final CityReception reception =
      new CityReception(
          stream -> stream == track, List.of(track), (stream, packet) -> told.add(packet.text()));

  private void packet(String stream, int index, long number) {
    byte[] bytes = new CityPacket(index, number, System.nanoTime(), "t" + number).encode(0);
    reception.packet(stream, 1, number, ByteBuffer.wrap(bytes));
  }

  @Test
  void what_comes_again_is_counted_and_not_told_again() {
    packet("track/market", 0, 1);
    packet("track/market", 0, 3);
    packet("track/market", 0, 2);
    packet("track/market", 0, 3);
    CityReception.Figures figures = reception.total();
    assertThat(figures.received()).isEqualTo(3);
    assertThat(figures.duplicated()).isEqualTo(1);
    assertThat(figures.reordered()).isEqualTo(1);
    assertThat(figures.missing()).isZero();
    assertThat(told).containsExactly("t1", "t3", "t2");
  }

  @Test
  void a_packet_of_another_stream_or_of_no_stream_is_corrupted() {
    packet("track/other", 0, 1);
    packet("track/market", 5, 1);
    packet("track/market", -1, 1);
    reception.packet("track/market", 1, 1, ByteBuffer.wrap(new byte[3]));
    assertThat(reception.total().corrupted()).isEqualTo(4);
    assertThat(told).isEmpty();
  }

  @Test
  void before_the_first_packet_nothing_has_an_age() {
    assertThat(reception.total().ageMillis()).isEqualTo(-1);
    assertThat(reception.last(track)).isNull();
    packet("track/market", 0, 1);
    assertThat(reception.total().ageMillis()).isGreaterThanOrEqualTo(0);
    CityReception.Last last = reception.last(track);
    assertThat(last).isNotNull();
    assertThat(last == null ? 0 : last.packets()).isEqualTo(1);
  }

  @Test
  void times_of_the_warm_up_count_for_nothing_and_its_packets_do() {
    reception.measureFrom(Long.MAX_VALUE);
    packet("track/market", 0, 1);
    packet("track/market", 0, 1);
    assertThat(reception.total().received()).isZero();
    assertThat(reception.total().duplicated()).isEqualTo(1);
    assertThat(reception.interval().received()).isEqualTo(1);
  }

  @Test
  void an_interval_begins_anew_and_the_total_goes_on() {
    packet("track/market", 0, 1);
    assertThat(reception.interval().received()).isEqualTo(1);
    assertThat(reception.interval().received()).isZero();
    packet("track/market", 0, 2);
    assertThat(reception.interval().received()).isEqualTo(1);
    assertThat(reception.total().received()).isEqualTo(2);
  }
}
