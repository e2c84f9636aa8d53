package io.euryale.console;

import io.euryale.service.stream.Replication;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads how a stream is to be replicated.
final class ReplicationConverter implements ITypeConverter<Replication> {

  @Override
  public Replication convert(String value) {
    try {
      return Replication.parse(value);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }
}
