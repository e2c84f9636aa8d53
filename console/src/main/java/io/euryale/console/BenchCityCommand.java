package io.euryale.console;

import io.euryale.bench.city.CityBench;
import io.euryale.bench.city.CityPage;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `euryale bench city`.
@Command(
    name = "city",
    header = "How large a city this machine carries, with faults.",
    description = {
      "Runs the city of 152 peers with 6 faults a minute and raises its load until two loads in a"
          + " row are not carried, as a promise is missed in two of three tries; then sends the"
          + " largest load that was carried through one bare relay.",
      "Takes about half an hour, with --quick one. Other work on the machine shows in the"
          + " results."
    })
final class BenchCityCommand implements Callable<Integer> {

  @Mixin private BenchOutput output = new BenchOutput();

  @Override
  public Integer call() throws IOException {
    return output.measure(
        new BenchOutput.Form("measured city", CityPage::markdown, CityPage::html),
        progress -> new CityBench(SmallDemoCommand.euryale("192m"), progress, output.quick));
  }
}
