package io.euryale.lighttrain.city;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CityPacketTest {

  private final CityPacket packet = new CityPacket(7, 12, -5, "Estádio\toccupied");

  @Test
  void what_is_written_is_read() {
    for (int bytes : new int[] {0, 418, 4180}) {
      byte[] encoded = packet.encode(bytes);
      assertThat(encoded.length).isGreaterThanOrEqualTo(bytes);
      assertThat(CityPacket.decode(ByteBuffer.wrap(encoded))).isEqualTo(packet);
    }
  }

  @Test
  void a_changed_or_cut_packet_is_none() {
    byte[] encoded = packet.encode(60);
    for (int i = 0; i < encoded.length; i++) {
      byte[] changed = encoded.clone();
      changed[i] ^= 0x10;
      assertThat(CityPacket.decode(ByteBuffer.wrap(changed))).as("byte %d", i).isNull();
      assertThat(CityPacket.decode(ByteBuffer.wrap(Arrays.copyOf(encoded, i)))).isNull();
    }
  }
}
