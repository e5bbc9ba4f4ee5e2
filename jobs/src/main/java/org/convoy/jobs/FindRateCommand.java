package org.convoy.jobs;

import java.util.List;
import java.util.concurrent.Callable;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.monitor.RateTest;
import org.convoy.driver.sweep.RateFinder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
  @Mixin private final TrialOptions options = new TrialOptions();

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

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Recipe plain = options.load(List.of());
    String folder = TrialOptions.folder(out, plain, "rate");
    RateFinder finder = new RateFinder(folder, from, to, steps);
    RateTest test;
    try (TrialCluster running = TrialCluster.open(plain, folder, spec.commandLine().getErr())) {
      test = running.rates(finder, plain);
      running.write(RateTest.JSON_NAME, test.json().toPrettyString());
      running.write(RateTest.HTML_NAME, test.html());
      running.succeeded();
    }
    options.print(
        spec.commandLine().getOut(),
        test.lines(),
        List.of(new TrialOptions.Written("chart", folder, RateTest.HTML_NAME)),
        test.json());
    return test.steepest().isPresent() ? 0 : 1;
  }
}
