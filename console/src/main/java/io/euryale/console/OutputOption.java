package io.euryale.console;

import picocli.CommandLine.Option;

/// The option that every command has that prints data.
final class OutputOption {

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "How to print: table for people, json for programs.")
  OutputFormat format = OutputFormat.TABLE;

  boolean isJson() {
    return format == OutputFormat.JSON;
  }
}
