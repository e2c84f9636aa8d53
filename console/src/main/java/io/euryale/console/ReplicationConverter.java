package io.euryale.console;

import io.euryale.service.stream.Replication;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads how a stream is to be replicated.
final class ReplicationConverter implements ITypeConverter<Replication> {

  @Override
  public Replication convert(String value) {
    Replication replication = Replication.ofLabel(value);
    if (replication == null) {
      throw new TypeConversionException(
          "'"
              + value
              + "' is not a replication: use "
              + Arrays.stream(Replication.values())
                  .map(Replication::label)
                  .collect(Collectors.joining(" or ")));
    }
    return replication;
  }
}
