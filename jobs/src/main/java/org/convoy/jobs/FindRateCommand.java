package org.convoy.jobs;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.monitor.RateTest;
import org.convoy.driver.sweep.RateFinder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convoy find-rate}: suggests a learning rate for a recipe. */
@Command(
    name = "find-rate",
    description = {
      "Suggests a learning rate: trains a recipe for some steps while the rate rises by the same"
          + " factor from step to step, and looks where the loss falls fastest."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example:",
      "  deploy/convoy find-rate conf/quickstart.conf --steps 100",
      "",
      "The folder has rate.json, rate.html with a chart, and the run's folder."
    })
final class FindRateCommand implements Callable<Integer> {
  @Parameters(paramLabel = "RECIPE", description = "The recipe, a file in HOCON.")
  private @Nullable Path recipe;

  @Mixin private final RecipeOverrides overrides = new RecipeOverrides();

  @Option(
      names = "--from",
      paramLabel = "RATE",
      description = "The rate of the first step (default: ${DEFAULT-VALUE}).")
  private double from = 1e-5;

  @Option(
      names = "--to",
      paramLabel = "RATE",
      description = "The rate of the last step (default: ${DEFAULT-VALUE}).")
  private double to = 10;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "The number of steps (default: ${DEFAULT-VALUE}).")
  private int steps = 100;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder of the test (default: runs/NAME-rate).")
  private @Nullable String out;

  @Mixin private JsonOption json = new JsonOption();

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Recipe plain = overrides.load(Objects.requireNonNull(recipe));
    String folder = Locations.of(out == null ? "runs/" + plain.name() + "-rate" : out);
    RateFinder finder = new RateFinder(folder, from, to, steps);
    RateTest test;
    try (TrialCluster running = TrialCluster.open(plain, folder, spec.commandLine().getErr())) {
      test = running.rates(finder, plain);
      running.write(RateTest.JSON_NAME, test.json().toPrettyString());
      running.write(RateTest.HTML_NAME, test.html());
      running.succeeded();
    }
    PrintWriter printer = spec.commandLine().getOut();
    test.lines().forEach(printer::println);
    printer.printf(Locale.ROOT, "chart  %s/%s%n", folder, RateTest.HTML_NAME);
    json.print(printer, test.json());
    printer.flush();
    return test.steepest().isPresent() ? 0 : 1;
  }
}
