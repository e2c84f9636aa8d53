package io.euryale.lab.streams;

import io.euryale.lab.Checker;
import java.util.List;

/// The checkers of the streaming promises, fresh for one run.
public final class StreamCheckers {

  private StreamCheckers() {}

  /// All of S-1 to S-19.
  public static List<Checker> all() {
    return List.of(
        new DeliveryChecker.Acknowledged(),
        new DeliveryChecker.Order(),
        new DeliveryChecker.NoDuplicate(),
        new DeliveryChecker.Integrity(),
        new DeliveryChecker.Complete(),
        new DeliveryChecker.AlarmsNotStarved(),
        new DeliveryChecker.HeldSurvives(),
        new AgreedOrderChecker(),
        new DrainChecker(),
        new DeliveryChecker.HeldInTime(),
        new QosChecker.LastValue(),
        new QosChecker.Fitting(),
        new QosChecker.Age(),
        new QosChecker.Settled(),
        new QosChecker.Silences(),
        new QosChecker.Latency(),
        new DeliveryChecker.Undisturbed(),
        new ApartChecker(),
        new FanOutChecker());
  }
}
