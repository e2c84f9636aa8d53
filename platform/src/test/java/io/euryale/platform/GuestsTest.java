package io.euryale.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GuestsTest {

  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress THERE = InetAddress.ofLiteral("192.0.2.1");

  private final Guests guests =
      new Guests(
          LinkSettings.defaults().withStrangerCount(4).withGuests(3, 6), new PerAddress(), false);

  @Test
  void strangersAreLimitedWhereverTheyAreUntilTheySayHelloOrLeave() {
    for (int i = 0; i < 4; i++) {
      assertThat(guests.admit(HERE)).isNull();
    }
    assertThat(guests.admit(HERE)).isEqualTo(Rejection.TOO_MANY_STRANGERS);
    assertThat(guests.admit(THERE)).isEqualTo(Rejection.TOO_MANY_STRANGERS);
    guests.introduced(HERE);
    assertThat(guests.admit(HERE)).isNull();
    guests.left(HERE, false);
    assertThat(guests.admit(HERE)).isNull();
    assertThat(guests.admit(HERE)).isEqualTo(Rejection.TOO_MANY_STRANGERS);
  }

  @Test
  void oneAddressStaysLimitedAfterItsHellosAndLoopbackDoesNot() {
    for (int i = 0; i < 3; i++) {
      assertThat(guests.admit(THERE)).isNull();
      guests.introduced(THERE);
    }
    assertThat(guests.admit(THERE)).isEqualTo(Rejection.TOO_MANY_OF_ADDRESS);
    guests.left(THERE, true);
    assertThat(guests.admit(THERE)).isNull();
    guests.introduced(THERE);
    for (int i = 0; i < 20; i++) {
      assertThat(guests.admit(HERE)).isNull();
      guests.introduced(HERE);
    }
  }

  @Test
  void addressesOfOneIpv6NetworkAreOneMachine() {
    for (int i = 1; i <= 3; i++) {
      assertThat(guests.admit(InetAddress.ofLiteral("2001:db8:0:7::" + i))).isNull();
    }
    assertThat(guests.admit(InetAddress.ofLiteral("2001:db8:0:7:a:b:c:d")))
        .isEqualTo(Rejection.TOO_MANY_OF_ADDRESS);
    assertThat(guests.admit(InetAddress.ofLiteral("2001:db8:0:8::1"))).isNull();
  }

  @Test
  void otherMachinesTogetherAreLimited() {
    for (int i = 0; i < 6; i++) {
      InetAddress from = InetAddress.ofLiteral("192.0.2." + (i + 1));
      assertThat(guests.admit(from)).isNull();
      guests.introduced(from);
    }
    assertThat(guests.admit(InetAddress.ofLiteral("192.0.2.99")))
        .isEqualTo(Rejection.TOO_MANY_GUESTS);
    assertThat(guests.admit(HERE)).isNull();
    guests.left(InetAddress.ofLiteral("192.0.2.1"), true);
    assertThat(guests.admit(InetAddress.ofLiteral("192.0.2.99"))).isNull();
  }

  @Test
  void afterAnyComingAndGoingAllPlacesAreFreeAgain() {
    SplittableRandom random = new SplittableRandom(3);
    ArrayDeque<InetAddress> inside = new ArrayDeque<>();
    for (int i = 0; i < 10_000; i++) {
      InetAddress from = InetAddress.ofLiteral("192.0.2." + (1 + random.nextInt(5)));
      if (random.nextBoolean() && guests.admit(from) == null) {
        guests.introduced(from);
        inside.add(from);
      } else if (!inside.isEmpty()) {
        guests.left(inside.remove(), true);
      }
    }
    inside.forEach(from -> guests.left(from, true));
    otherMachinesTogetherAreLimited();
  }

  @Test
  void whoHasProvedItsNameIsNoGuestAnyMore() {
    Guests proved =
        new Guests(
            LinkSettings.defaults().withStrangerCount(4).withGuests(3, 3), new PerAddress(), true);
    for (int i = 0; i < 20; i++) {
      assertThat(proved.admit(THERE)).isNull();
      proved.introduced(THERE);
    }
    for (int i = 0; i < 20; i++) {
      proved.left(THERE, true);
    }
    for (int i = 0; i < 3; i++) {
      assertThat(proved.admit(THERE)).isNull();
    }
    assertThat(proved.admit(THERE)).isEqualTo(Rejection.TOO_MANY_OF_ADDRESS);
    proved.left(THERE, false);
    assertThat(proved.admit(THERE)).isNull();
  }

  @Test
  void classesOfOnePeerCountAnAddressTogether() {
    PerAddress addresses = new PerAddress();
    LinkSettings settings = LinkSettings.defaults();
    Guests alarm = new Guests(settings, addresses, true);
    Guests normal = new Guests(settings, addresses, true);
    for (int i = 0; i < 4; i++) {
      assertThat(alarm.admit(THERE)).isNull();
      assertThat(normal.admit(THERE)).isNull();
    }
    assertThat(alarm.admit(THERE)).isEqualTo(Rejection.TOO_MANY_OF_ADDRESS);
    normal.introduced(THERE);
    assertThat(alarm.admit(THERE)).isNull();
    assertThat(normal.admit(THERE)).isEqualTo(Rejection.TOO_MANY_OF_ADDRESS);
  }
}
