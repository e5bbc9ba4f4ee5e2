package org.convoy.jobs;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.convoy.driver.monitor.Printable;
import org.convoy.driver.packing.PackFailedException;
import org.convoy.driver.packing.PackRequest;
import org.convoy.driver.packing.PackResult;
import org.convoy.driver.packing.PackedSplit;
import org.convoy.driver.packing.Packing;
import org.convoy.driver.spark.SparkCluster;
import org.convoy.driver.spark.SparkSettings;
import org.convoy.image.loader.OnBadImage;
import org.convoy.settings.RequestException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convoy pack}: copies a data set into tars. Runs on Spark. */
@Command(
    name = "pack",
    description = {
      "Copies a data set of any format into tars as WebDataset has them, which training reads in"
          + " place. Can scale large images down. The same command continues where an interrupted"
          + " one ended. At the end everything is read again."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "%nExample:",
      "  deploy/convoy pack hdfs:///data/imagenet hdfs:///data/imagenet-500 --side 500"
    })
public final class PackCommand implements Callable<Integer> {
  private static final int NAMES_TOLD = 20;
  private static final double MEBIBYTE = 1 << 20;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "SOURCE",
      description = "A data set in any format that training reads, on any Hadoop file system.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String source;

  @Parameters(
      index = "1",
      paramLabel = "DEST",
      description = "A folder for the tars: a new or empty one, or that of an interrupted pack.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String destination;

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
      names = "--side",
      paramLabel = "PIXELS",
      defaultValue = "0",
      description = {
        "Scales an image whose shorter side is longer to this length and writes it as JPEG.",
        "0 copies all images as they are (default ${DEFAULT-VALUE})."
      })
  private int side;

  @Option(
      names = "--quality",
      paramLabel = "Q",
      defaultValue = "90",
      description = "Quality of those JPEG files, 1 to 100 (default ${DEFAULT-VALUE}).")
  private int quality;

  @Option(
      names = "--shard-size",
      paramLabel = "MIB",
      defaultValue = "256",
      description = "Images of the source in a tar, in MiB (default ${DEFAULT-VALUE}).")
  private int shardMebibytes;

  @Option(
      names = "--on-bad-image",
      paramLabel = "fail|skip",
      defaultValue = "fail",
      description =
          "What to do with an image that has to be scaled and does not decode: fail, or leave it"
              + " out (default ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private OnBadImage onBadImage;

  @Mixin private final JsonOption json = new JsonOption();
  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Override
  public Integer call()
      throws IOException, InterruptedException, ClusterException, PackFailedException {
    PackRequest request =
        RequestException.asked(
            () ->
                new PackRequest(
                    Locations.of(source),
                    splits,
                    Locations.of(destination),
                    side,
                    quality,
                    shardMebibytes,
                    onBadImage));
    SparkConf conf = Cluster.settings("pack");
    SparkSettings.prepare(conf);
    Configuration hadoop = SparkHadoopUtil.get().newConfiguration(conf);
    FileSystems.require("SOURCE", request.source(), hadoop);
    FileSystems.require("DEST", request.destination(), hadoop);
    PrintWriter err = spec.commandLine().getErr();
    PackResult result;
    try (Cluster running = Cluster.open(conf)) {
      result =
          new Packing(
                  new SparkCluster(running.spark()),
                  request,
                  text -> {
                    err.println(Printable.message(text));
                    err.flush();
                  })
              .run();
      running.succeeded();
    }
    PrintWriter out = spec.commandLine().getOut();
    if (!json.wanted()) {
      print(result, out);
    }
    json.print(out, result.toJson());
    return 0;
  }

  private static void print(PackResult result, PrintWriter out) {
    line(out, "%s", Printable.name(result.request().destination()));
    for (PackedSplit split : result.splits()) {
      line(out, "%s", split.folder().isEmpty() ? "the data set" : Printable.name(split.folder()));
      line(out, "  images   %,d, %,d of them scaled", split.images(), split.scaled());
      line(out, "  tars     %,d, %,d of them from an earlier run", split.shards(), split.kept());
      line(
          out,
          "  size     %,.1f MiB, from %,.1f MiB",
          split.bytes() / MEBIBYTE,
          split.sourceBytes() / MEBIBYTE);
      line(out, "  skipped  %,d", split.skipped().size());
      split.skipped().stream()
          .limit(NAMES_TOLD)
          .forEach(image -> out.println("    " + Printable.name(image)));
    }
    out.flush();
  }

  private static void line(PrintWriter out, String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
  }
}
