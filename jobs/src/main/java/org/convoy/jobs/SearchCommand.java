package org.convoy.jobs;

import java.util.List;
import java.util.concurrent.Callable;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.search.NetworkSearch;
import org.convoy.driver.search.SearchPlan;
import org.convoy.driver.sweep.SweepReport;
import org.convoy.driver.sweep.Trial;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code convoy search}: looks for the network that a recipe trains best. */
@Command(
    name = "search",
    description = {
      "Searches a space of small networks (inverted residual blocks for 32x32 images) by regularised"
          + " evolution for the one that the recipe trains best. The recipe's model.name is"
          + " replaced."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example:",
      "  deploy/convoy search conf/cifar10-search.conf --trials 50",
      "",
      "The folder has search.json, search.html, best.conf, a recipe with the best network, and a",
      "run's folder for each trial. The same command goes on with a search that was interrupted;",
      "more trials prolong it."
    })
final class SearchCommand implements Callable<Integer> {
  private static final String JSON_NAME = "search.json";
  private static final String HTML_NAME = "search.html";
  private static final String BEST_NAME = "best.conf";

  @Mixin private final TrialOptions options = new TrialOptions();

  @Option(
      names = "--trials",
      paramLabel = "N",
      description = "The number of networks that are trained (default: ${DEFAULT-VALUE}).")
  private int trials = 50;

  @Option(
      names = "--population",
      paramLabel = "P",
      description =
          "The number of youngest networks that may have children; as many are drawn at random"
              + " first (default: ${DEFAULT-VALUE}).")
  private int population = 16;

  @Option(
      names = "--sample",
      paramLabel = "S",
      description =
          "The number of networks of the population of which the best one has the next child"
              + " (default: ${DEFAULT-VALUE}).")
  private int sample = 5;

  @Option(
      names = "--most-multiply-adds",
      paramLabel = "M",
      description = "Only networks that take at most M multiply-adds for an image (default: all).")
  private long mostMultiplyAdds;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder of the search (default: runs/NAME-search).")
  private @Nullable String out;

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Recipe plain = options.load(List.of());
    SearchPlan plan = new SearchPlan(trials, population, sample, mostMultiplyAdds, plain.seed());
    String folder = TrialOptions.folder(out, plain, "search");
    SweepReport report;
    try (TrialCluster running = TrialCluster.open(plain, folder, spec.commandLine().getErr())) {
      NetworkSearch search = new NetworkSearch(plan, running.runs(0, options::load), running::tell);
      List<Trial> tried = search.run(running.data().images(), running.data().classes());
      report = new SweepReport(search.yardstick(), tried);
      running.write(JSON_NAME, report.json().toPrettyString());
      running.write(HTML_NAME, report.html());
      running.write(BEST_NAME, search.best(tried));
      running.succeeded();
    }
    TrialOptions.Written best = new TrialOptions.Written("recipe", folder, BEST_NAME);
    options.print(
        spec.commandLine().getOut(),
        report.lines(),
        List.of(new TrialOptions.Written("report", folder, HTML_NAME), best),
        report.json().put("best_recipe", best.path()));
    return Double.isNaN(report.trials().get(0).mean()) ? 1 : 0;
  }
}
