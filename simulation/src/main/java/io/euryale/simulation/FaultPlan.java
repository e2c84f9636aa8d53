package io.euryale.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/// The faults of one run, in the order of their start. Its text is the faults separated by `;`.
public record FaultPlan(List<Fault> faults) {

  /// A run in which nothing goes wrong.
  public static final FaultPlan NONE = new FaultPlan(List.of());

  public FaultPlan {
    faults = List.copyOf(faults);
  }

  public static FaultPlan of(Fault... faults) {
    return new FaultPlan(List.of(faults));
  }

  /// Reads the text that [#toString] printed; blank text is [#NONE].
  ///
  /// @throws IllegalArgumentException with one sentence that says what was expected
  public static FaultPlan parse(String text) {
    List<Fault> faults = new ArrayList<>();
    for (String part : text.split(";", -1)) {
      if (!part.isBlank()) {
        faults.add(FaultText.parse(part.strip()));
      }
    }
    return new FaultPlan(faults);
  }

  public int size() {
    return faults.size();
  }

  /// The plan without the fault at `index`.
  public FaultPlan without(int index) {
    List<Fault> rest = new ArrayList<>(faults);
    rest.remove(index);
    return new FaultPlan(rest);
  }

  /// The plan with another fault at `index`.
  public FaultPlan with(int index, Fault fault) {
    List<Fault> changed = new ArrayList<>(faults);
    changed.set(index, fault);
    return new FaultPlan(changed);
  }

  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(";");
    for (Fault fault : faults) {
      text.add(fault.toString());
    }
    return text.toString();
  }
}
