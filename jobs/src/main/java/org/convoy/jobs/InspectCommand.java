package org.convoy.jobs;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.convoy.driver.inspection.Inspection;
import org.convoy.driver.inspection.InspectionFailedException;
import org.convoy.driver.monitor.DataSetReport;
import org.convoy.driver.monitor.Printable;
import org.convoy.driver.spark.SparkCluster;
import org.convoy.driver.spark.SparkSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convoy inspect}: looks through a data set. Runs on Spark. */
@Command(
    name = "inspect",
    description = {
      "Decodes every image of a data set on the executors: images of each class, their sizes, the"
          + " mean and deviation of channels, images that are broken, and images that occur twice."
    },
    mixinStandardHelpOptions = true,
    footer = {"%nExample:", "  deploy/convoy inspect runs/shapes --report shapes.html"})
public final class InspectCommand implements Callable<Integer> {
  private static final int NAMES_TOLD = 20;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(
      paramLabel = "DATA",
      description = "A data set in any format that training reads, on any Hadoop file system.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String data;

  @Option(
      names = "--splits",
      paramLabel = "NAME,...",
      split = ",",
      defaultValue = "train,validation",
      description = {
        "The splits, as a recipe names them (default ${DEFAULT-VALUE}).",
        "--splits= is the data set itself."
      })
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private List<String> splits;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Writes what was found as an HTML page, on this machine.")
  private @Nullable Path report;

  @Mixin private final JsonOption json = new JsonOption();
  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Override
  public Integer call()
      throws IOException, InterruptedException, ClusterException, InspectionFailedException {
    SparkConf conf = Cluster.settings("inspect");
    SparkSettings.prepare(conf);
    Configuration hadoop = SparkHadoopUtil.get().newConfiguration(conf);
    String location = Locations.of(data);
    FileSystems.require("DATA", location, hadoop);
    DataSetReport found;
    try (Cluster running = Cluster.open(conf)) {
      found = new Inspection(new SparkCluster(running.spark()), location, splits).run();
    }
    if (report != null) {
      Files.writeString(report, found.html(), StandardCharsets.UTF_8);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (!json.wanted()) {
      print(found, out);
    }
    json.print(out, found.toJson());
    return 0;
  }

  private static void print(DataSetReport found, PrintWriter out) {
    line(out, "%s, %s", Printable.name(found.data()), found.format());
    for (DataSetReport.Split split : found.splits()) {
      line(out, "%s", split.title());
      line(out, "  images   %,d in %,d classes", split.images(), split.classes().size());
      split.classes().stream()
          .map(DataSetReport.Count::count)
          .min(Long::compare)
          .ifPresent(least -> line(out, "  fewest   %,d in a class", least));
      split.classes().stream()
          .map(DataSetReport.Count::count)
          .max(Long::compare)
          .ifPresent(most -> line(out, "  most     %,d in a class", most));
      line(out, "  sides    %d to %d pixels", split.leastSide(), split.greatestSide());
      line(out, "  mean     %s", DataSetReport.numbers(split.means()));
      line(out, "  std      %s", DataSetReport.numbers(split.deviations()));
      line(out, "  broken   %,d", split.brokenImages());
      told(split.broken(), out);
    }
    line(out, "equal    %,d images have the same file as an image before", found.equalPairs());
    told(found.equal(), out);
    out.flush();
  }

  private static void told(List<DataSetReport.Pair> pairs, PrintWriter out) {
    pairs.stream()
        .limit(NAMES_TOLD)
        .forEach(pair -> out.println("    " + Printable.name(pair.name() + ": " + pair.other())));
  }

  private static void line(PrintWriter out, String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
  }
}
