package io.euryale.group.membership;

import io.euryale.group.Configuration;
import io.euryale.group.order.Fanout;
import io.euryale.group.order.Merged;
import io.euryale.group.order.Ordering;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import io.euryale.link.SessionKeys;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The data classes on their loops and the control class's own ordering on this one.
final class AllSeats implements Seats {

  private final PeerId self;
  private final Ordering control;
  private final Fanout fanout;
  private final List<ClassSeat> others;
  private final ClassSeat.Loop controlLoop;

  /// Answers of the control class, given after the call that asked for them.
  private final ArrayDeque<LongConsumer> answersHere = new ArrayDeque<>();

  private Seats.@Nullable Answers answers;
  private @Nullable LongConsumer whenRecovered;

  AllSeats(
      PeerId self,
      Ordering control,
      Fanout fanout,
      List<ClassSeat> others,
      ClassSeat.Loop controlLoop) {
    this.self = self;
    this.control = control;
    this.fanout = fanout;
    this.others = List.copyOf(others);
    this.controlLoop = controlLoop;
  }

  void answerTo(Seats.Answers taker) {
    answers = taker;
  }

  private Seats.Answers taker() {
    Seats.Answers taker = answers;
    if (taker == null) {
      throw new IllegalStateException("Nobody takes the answers yet");
    }
    return taker;
  }

  /// Gives the answers that wait here.
  void turn(long now) {
    LongConsumer recovered = whenRecovered;
    if (recovered != null && control.isRecovered()) {
      whenRecovered = null;
      recovered.accept(now);
    }
    for (LongConsumer answer = answersHere.poll(); answer != null; answer = answersHere.poll()) {
      answer.accept(now);
    }
  }

  @Override
  public void freeze(long now, long attempt) {
    whenRecovered = null;
    var held = control.freeze();
    answersHere.add(at -> taker().frozen(at, attempt, TrafficClass.CONTROL, held));
    for (ClassSeat seat : others) {
      seat.loop()
          .execute(
              there ->
                  seat.core()
                      .freeze(
                          there,
                          holdings ->
                              controlLoop.execute(
                                  at ->
                                      taker().frozen(at, attempt, seat.trafficClass(), holdings))));
    }
  }

  @Override
  public void recover(long now, long attempt, long tag, List<Merged> merged, BitSet together) {
    if (merged.isEmpty()) {
      control.expect(tag);
    } else {
      control.recover(now, tag, merged.get(TrafficClass.CONTROL.code()), together);
    }
    whenRecovered = at -> taker().recovered(at, attempt, TrafficClass.CONTROL);
    for (ClassSeat seat : others) {
      Merged mine = merged.isEmpty() ? null : merged.get(seat.trafficClass().code());
      seat.loop()
          .execute(
              there ->
                  seat.core()
                      .recover(
                          there,
                          tag,
                          mine,
                          together,
                          done ->
                              controlLoop.execute(
                                  at -> taker().recovered(at, attempt, seat.trafficClass()))));
    }
  }

  @Override
  public void deliverOld(long now, long attempt) {
    control.deliverOld(now);
    answersHere.add(at -> taker().delivered(at, attempt, TrafficClass.CONTROL));
    for (ClassSeat seat : others) {
      seat.loop()
          .execute(
              there -> {
                seat.core().deliverOld(there);
                controlLoop.execute(at -> taker().delivered(at, attempt, seat.trafficClass()));
              });
    }
  }

  @Override
  public void transitional(long now, long attempt, Configuration configuration) {
    control.transitional(now, configuration);
    answersHere.add(at -> taker().delivered(at, attempt, TrafficClass.CONTROL));
    for (ClassSeat seat : others) {
      seat.loop()
          .execute(
              there -> {
                seat.core().transitional(there, configuration);
                controlLoop.execute(at -> taker().delivered(at, attempt, seat.trafficClass()));
              });
    }
  }

  @Override
  public void regular(long now, Configuration configuration) {
    fanout.open(configuration);
    control.regular(now, configuration, self);
    for (ClassSeat seat : others) {
      seat.loop().execute(there -> seat.core().regular(there, configuration));
    }
  }

  /// Lets every data class send what its application submitted.
  ///
  /// @param done called once everybody holds all of it
  void flush(long now, LongConsumer done) {
    int[] open = {others.size()};
    if (open[0] == 0) {
      done.accept(now);
    }
    for (ClassSeat seat : others) {
      LongConsumer flushed =
          at -> {
            if (--open[0] == 0) {
              done.accept(at);
            }
          };
      seat.loop().execute(there -> seat.core().flush(there, any -> controlLoop.execute(flushed)));
    }
  }

  void offered(SessionKeys keys) {
    others.forEach(seat -> seat.loop().execute(at -> seat.core().offered(at, keys)));
  }

  void established(SessionKeys keys) {
    others.forEach(seat -> seat.loop().execute(at -> seat.core().established(at, keys)));
  }

  void retired(SessionKeys keys) {
    others.forEach(seat -> seat.loop().execute(at -> seat.core().retired(keys)));
  }

  void forgotten(PeerName peer) {
    others.forEach(seat -> seat.loop().execute(at -> seat.core().forgotten(peer)));
  }
}
