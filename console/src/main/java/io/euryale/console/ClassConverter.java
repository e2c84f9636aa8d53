package io.euryale.console;

import io.euryale.kernel.TrafficClass;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads the traffic classes that streams can have.
final class ClassConverter implements ITypeConverter<TrafficClass> {

  @Override
  public TrafficClass convert(String value) {
    for (TrafficClass trafficClass : TrafficClass.values()) {
      if (trafficClass != TrafficClass.CONTROL && trafficClass.label().equals(value)) {
        return trafficClass;
      }
    }
    throw new TypeConversionException(
        "'" + value + "' is not a traffic class of streams: use alarm, critical or normal");
  }
}
