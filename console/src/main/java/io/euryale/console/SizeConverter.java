package io.euryale.console;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads sizes in bytes as they stand in settings: `512`, `64KiB`, `1MiB`.
final class SizeConverter implements ITypeConverter<Integer> {

  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(B|KiB|MiB)?");

  @Override
  public Integer convert(String value) {
    Matcher matcher = FORM.matcher(value);
    if (matcher.matches()) {
      String unit = matcher.group(2) == null ? "B" : matcher.group(2);
      int shift =
          switch (unit) {
            case "KiB" -> 10;
            case "MiB" -> 20;
            default -> 0;
          };
      long bytes = Long.parseLong(matcher.group(1)) << shift;
      if (bytes >= 1 && bytes <= Integer.MAX_VALUE) {
        return (int) bytes;
      }
    }
    throw new TypeConversionException(
        "'" + value + "' is not a size: write bytes, or a number and KiB or MiB, as in 64KiB");
  }
}
