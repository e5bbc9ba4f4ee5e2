package org.convoy.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.sweep.Search;
import org.convoy.driver.sweep.Sweep;
import org.convoy.driver.sweep.SweepPlan;
import org.convoy.driver.sweep.SweepReport;
import org.convoy.driver.sweep.SweepSpace;
import org.convoy.driver.sweep.Trial;
import org.convoy.settings.RequestException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code convoy sweep}: trains a recipe with other values of some keys and compares the runs. */
@Command(
    name = "sweep",
    description = {
      "Trains a recipe with other values of some keys, one run after the other, and compares the"
          + " runs by their validation. With --folds each point is cross-validated."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  deploy/convoy sweep conf/quickstart.conf --over schedule.learning-rate=0.03,0.1,0.3",
      "  deploy/convoy sweep conf/quickstart.conf --folds 5",
      "",
      "The folder has sweep.json, sweep.html and a run's folder for each trial. The same command",
      "goes on with a sweep that was interrupted."
    })
final class SweepCommand implements Callable<Integer> {
  @Mixin private final TrialOptions options = new TrialOptions();

  @Option(
      names = "--over",
      paramLabel = "KEY=VALUE,...",
      description = "A key and the values that are tried. May be repeated.")
  private List<String> over = new ArrayList<>();

  @Option(
      names = "--search",
      paramLabel = "grid|random|halving",
      description =
          "Try every combination (grid, the default), some drawn at random, or as many with"
              + " successive halving: the better half goes on for twice as long.")
  private String search = "grid";

  @Option(
      names = "--trials",
      paramLabel = "N",
      description = "The most combinations that are tried (default: all).")
  private int trials;

  @Option(
      names = "--folds",
      paramLabel = "K",
      description = "Cross-validate each combination: K runs, each validated on another part.")
  private int folds;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder of the sweep (default: runs/NAME-sweep).")
  private @Nullable String out;

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Recipe plain = options.load(List.of());
    String folder = TrialOptions.folder(out, plain, "sweep");
    SweepPlan plan =
        SweepPlan.of(folder, chosen(), SweepSpace.parse(over), trials, plain.seed(), folds);
    SweepReport report;
    try (TrialCluster running = TrialCluster.open(plain, folder, spec.commandLine().getErr())) {
      Sweep sweep = new Sweep(plan, running.runs(folds, options::load), running::tell);
      sweep.check();
      report = new SweepReport(sweep.yardstick(), sweep.run(running.data().images()));
      running.write(SweepReport.JSON_NAME, report.json().toPrettyString());
      running.write(SweepReport.HTML_NAME, report.html());
      running.succeeded();
    }
    options.print(
        spec.commandLine().getOut(),
        report.lines(),
        List.of(new TrialOptions.Written("report", folder, SweepReport.HTML_NAME)),
        report.json());
    return report.trials().stream().map(Trial::mean).allMatch(mean -> mean.isNaN()) ? 1 : 0;
  }

  private Search chosen() {
    for (Search each : Search.values()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(search)) {
        return each;
      }
    }
    throw new RequestException("--search: expected grid, random or halving, got " + search);
  }
}
