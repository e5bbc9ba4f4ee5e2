package org.convoy.jobs;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;
import org.convoy.driver.data.ImageFile;
import org.convoy.driver.evaluation.Predictor;
import org.convoy.driver.monitor.Printable;
import org.convoy.driver.monitor.Terminal;
import org.convoy.driver.spark.SparkSettings;
import org.convoy.inference.InferenceOptions;
import org.convoy.kernels.Backends;
import org.convoy.ml.TablePrediction;
import org.convoy.settings.RequestException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code convoy predict}: predicts the classes of images with a saved model. Runs in this process,
 * or on Spark into a table.
 */
@Command(
    name = "predict",
    description = {
      "Predicts the classes of images with a saved model: the most probable classes and their"
          + " probabilities. Images that do not decode are named and the others are predicted; the"
          + " exit code is then 1."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "%nExamples:",
      "  deploy/convoy predict runs/quickstart/model photo.jpg",
      "  deploy/convoy predict hdfs://nn/models/pets photos/ --top 3 --json",
      "  deploy/convoy predict hdfs://nn/models/pets hdfs://nn/photos.parquet --table parquet \\",
      "    --out hdfs://nn/predicted"
    })
public final class PredictCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "Folder of a saved model, on any Hadoop file system.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String model;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "IMAGES",
      description = "Image files, or folders of them, on any Hadoop file system.")
  private final List<String> images = new ArrayList<>();

  @Option(
      names = "--top",
      paramLabel = "K",
      defaultValue = "5",
      description = "Classes per image in the output (default ${DEFAULT-VALUE}).")
  private int top;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "16",
      description = "Images per batch (default ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = {
        "The backend that computes in this process: onednn, or cudnn for this machine's GPU (default"
            + " onednn). With --out executors compute on GPUs where --gpus gives them some."
      })
  private @Nullable String backend;

  @Option(
      names = "--out",
      paramLabel = "TABLE",
      description = {
        "Writes a table in Parquet into this new folder instead of printing. Runs on Spark. The same"
            + " command goes on with what an interrupted one left."
      })
  private @Nullable String out;

  @Option(
      names = "--table",
      paramLabel = "FORMAT",
      defaultValue = "",
      description = {
        "With --out: IMAGES is a table in this format of Spark SQL, such as parquet or orc."
      })
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String table;

  @Option(
      names = "--image-column",
      paramLabel = "NAME",
      defaultValue = "image",
      description = {
        "With --table: the column with the bytes or the locations of images (default"
            + " ${DEFAULT-VALUE})."
      })
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String imageColumn;

  @Option(
      names = "--columns",
      paramLabel = "NAMES",
      split = ",",
      description = {
        "With --out: further columns of the table, separated by commas: probabilities and logits of"
            + " all classes, and embedding, the features before the last layer."
      })
  private final List<String> columns = new ArrayList<>();

  @Mixin private final InferencePrecisionOption precision = new InferencePrecisionOption();

  @Mixin private final ResizeOnOption resizing = new ResizeOnOption();

  @Mixin private final JsonOption json = new JsonOption();

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Override
  public Integer call() throws IOException, InterruptedException, ClusterException {
    atLeastOne("--top", top);
    atLeastOne("--batch", batch);
    if (out != null) {
      if (backend != null) {
        throw new RequestException("--backend: expected no --out, for executors choose theirs");
      }
      return writeTable(Locations.of(out));
    } else if (!table.isEmpty()) {
      throw new RequestException("--table: expected --out too, for predictions of a table are one");
    } else if (!columns.isEmpty()) {
      throw new RequestException("--columns: expected --out too, for they are a table's");
    }
    if (Cluster.hasGpus(new SparkConf())) {
      throw new RequestException(
          "--gpus: expected --out too, for executors have GPUs; --backend cudnn computes on this"
              + " machine's");
    }
    String computing = backend();
    Configuration hadoop = new Configuration();
    FileSystems.require("MODEL", Locations.of(model), hadoop);
    List<ImageFile> files = new ArrayList<>();
    for (String each : images) {
      FileSystems.require("IMAGES", Locations.of(each), hadoop);
      files.addAll(ImageFile.list(Locations.of(each), hadoop));
    }
    PrintWriter printer = spec.commandLine().getOut();
    int threads = Runtime.getRuntime().availableProcessors();
    List<Map<String, Object>> predictions = new ArrayList<>();
    List<String> bad = new ArrayList<>();
    try (Predictor predictor =
        Predictor.open(
            Locations.of(model),
            new InferenceOptions(
                Math.min(batch, files.size()),
                precision.precision(),
                computing,
                resizing.of(computing.equals("cudnn"))),
            hadoop)) {
      List<String> labels = predictor.labels();
      predictor.predict(
          files,
          top,
          threads,
          found -> {
            if (found.refusal().isPresent()) {
              bad.add(Printable.name(found.image().uri()));
            }
            if (json.wanted()) {
              predictions.add(PredictionText.json(found, labels));
            } else {
              PredictionText.print(found, labels, printer);
            }
          });
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("model", predictor.modelName());
      result.put("weights_sha256", predictor.weightsSha256());
      result.put("images", predictions);
      result.put("bad_images", bad.size());
      json.print(printer, result);
    }
    if (bad.isEmpty()) {
      return ExitCode.OK;
    }
    PrintWriter err = spec.commandLine().getErr();
    err.println(
        "convoy: "
            + bad.size()
            + " of "
            + files.size()
            + " images did not decode: "
            + String.join(", ", bad.subList(0, Math.min(10, bad.size())))
            + (bad.size() > 10 ? " and " + (bad.size() - 10) + " more" : ""));
    err.flush();
    return ExitCode.SOFTWARE;
  }

  /** The name of what computes in this process, and can. */
  private String backend() {
    String name = backend == null ? "onednn" : backend;
    RequestException.asked(() -> Backends.get(name))
        .unavailable()
        .ifPresent(
            reason -> {
              throw new RequestException("--backend: " + reason);
            });
    return name;
  }

  /** Predicts on Spark. Images that do not decode are rows of the table. */
  private int writeTable(String output) throws IOException, InterruptedException, ClusterException {
    Set<TablePrediction.Further> further =
        columns.stream().map(TablePrediction.Further::named).collect(Collectors.toSet());
    SparkConf conf = Cluster.settings("predict --out");
    SparkSettings.prepare(conf);
    Configuration hadoop = SparkHadoopUtil.get().newConfiguration(conf);
    FileSystems.require("MODEL", Locations.of(model), hadoop);
    FileSystems.require("--out", output, hadoop);
    Path folder = new Path(output);
    if (folder.getFileSystem(hadoop).exists(folder)) {
      throw new RequestException("--out: expected a new folder, got " + output + ", which exists");
    }
    TablePrediction request =
        new TablePrediction(
            Locations.of(model),
            images.stream().map(Locations::of).toList(),
            table,
            imageColumn,
            output,
            top,
            new InferenceOptions(batch, precision.precision())
                .resizeOn(resizing.of(Cluster.hasGpus(conf))),
            further);
    TablePrediction.Result result;
    try (Cluster running = Cluster.open(conf)) {
      result =
          request.run(
              SparkSession.builder().sparkContext(running.spark().sc()).getOrCreate(),
              Terminal.of(System.err, false));
      running.succeeded();
    }
    PrintWriter printer = spec.commandLine().getOut();
    if (!json.wanted()) {
      printer.println(
          String.format(
              Locale.ROOT,
              "%d images, %d of them do not decode, %.1f images/s: %s",
              result.images(),
              result.badImages(),
              result.imagesPerSecond(),
              output));
      printer.flush();
    }
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("table", output);
    summary.put("images", result.images());
    summary.put("bad_images", result.badImages());
    summary.put("images_per_second", result.imagesPerSecond());
    summary.put("precision", precision.word());
    json.print(printer, summary);
    return ExitCode.OK;
  }

  private static void atLeastOne(String option, int value) {
    if (value < 1) {
      throw new RequestException(option + ": expected a whole number from 1, got " + value);
    }
  }
}
