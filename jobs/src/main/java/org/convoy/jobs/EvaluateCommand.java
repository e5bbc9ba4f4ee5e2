package org.convoy.jobs;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.convoy.driver.config.Names;
import org.convoy.driver.config.Views;
import org.convoy.driver.evaluation.Evaluation;
import org.convoy.driver.evaluation.EvaluationFailedException;
import org.convoy.driver.evaluation.EvaluationRequest;
import org.convoy.driver.evaluation.EvaluationResult;
import org.convoy.driver.monitor.Printable;
import org.convoy.driver.spark.SparkCluster;
import org.convoy.driver.spark.SparkSettings;
import org.convoy.image.loader.BadImage;
import org.convoy.image.loader.OnBadImage;
import org.convoy.inference.InferenceOptions;
import org.convoy.settings.RequestException;
import org.convoy.task.Metric;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convoy evaluate}: evaluates a saved model on a data set. Runs on Spark. */
@Command(
    name = "evaluate",
    description = {
      "Evaluates a saved model on a data set, spread over executors; every image counts once. The"
          + " data set must have the classes of the model."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "%nExample:",
      "  deploy/convoy evaluate runs/quickstart/model runs/shapes --split validation"
    })
public final class EvaluateCommand implements Callable<Integer> {
  private static final int NAMES_TOLD = 100;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "Folder of a saved model, on any Hadoop file system that the executors reach.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String model;

  @Parameters(
      index = "1",
      paramLabel = "DATA",
      description = "A folder or tar of class folders, on any Hadoop file system.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String data;

  @Option(
      names = "--split",
      paramLabel = "NAME",
      defaultValue = "",
      description = "The folder in DATA that holds the class folders (default: DATA itself).")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String split;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "32",
      description = "Images per batch (default ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--views",
      paramLabel = "single|flip|ten-crop|shifts",
      defaultValue = "single",
      description =
          "What is computed of each image, the probabilities averaged: the image, also its mirror"
              + " image, or ten crops, or the image moved by a pixel (default ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String views;

  @Option(
      names = "--on-bad-image",
      paramLabel = "fail|skip",
      defaultValue = "fail",
      description =
          "What to do with an image that does not decode: fail the evaluation, or skip the image"
              + " (default ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private OnBadImage onBadImage;

  @Mixin private final InferencePrecisionOption precision = new InferencePrecisionOption();
  @Mixin private final ResizeOnOption resizing = new ResizeOnOption();
  @Mixin private final JsonOption json = new JsonOption();
  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Override
  public Integer call()
      throws IOException, InterruptedException, ClusterException, EvaluationFailedException {
    if (batch < 1) {
      throw new RequestException("--batch: expected a whole number from 1, got " + batch);
    }
    SparkConf conf = Cluster.settings("evaluate");
    EvaluationRequest request =
        new EvaluationRequest(
            Locations.of(model),
            Locations.of(data),
            split,
            new InferenceOptions(batch, precision.precision())
                .resizeOn(resizing.of(Cluster.hasGpus(conf))),
            chosenViews(),
            onBadImage);
    EvaluationResult result;
    SparkSettings.prepare(conf);
    Configuration hadoop = SparkHadoopUtil.get().newConfiguration(conf);
    FileSystems.require("MODEL", request.model(), hadoop);
    FileSystems.require("DATA", request.data(), hadoop);
    try (Cluster running = Cluster.open(conf)) {
      result = new Evaluation(new SparkCluster(running.spark()), request).run();
      running.succeeded();
    }
    PrintWriter out = spec.commandLine().getOut();
    if (!json.wanted()) {
      print(result, out);
    }
    json.print(out, toJson(request, precision.word(), result));
    return 0;
  }

  private Views chosenViews() {
    for (Views each : Views.values()) {
      if (Names.ofConstant(each).equals(views)) {
        return each;
      }
    }
    throw new RequestException("--views: expected single, flip, ten-crop or shifts, got " + views);
  }

  private static void print(EvaluationResult result, PrintWriter out) {
    for (Metric metric : result.task().metrics()) {
      double value = result.metrics().getOrDefault(metric.name(), Double.NaN);
      boolean share = metric.form() == Metric.Form.SHARE;
      String title = metric.title().toLowerCase(Locale.ROOT);
      line(out, share ? "%-8s %.2f%%" : "%-8s %.4f", title, share ? 100 * value : value);
    }
    line(out, "loss     %.4f", result.loss());
    line(out, "images   %,d", result.images());
    if (!result.badImages().isEmpty()) {
      line(out, "skipped  %,d that did not decode:", result.badImages().size());
      listed(result).forEach(image -> out.println("         " + Printable.name(image.toString())));
    }
    line(
        out,
        "speed    %.1f images/s on %d executors, %.1f s in all",
        result.imagesPerSecond(),
        result.executors(),
        result.seconds());
    line(out, "model    %s, weights %s", result.model(), result.weightsSha256());
    out.flush();
  }

  private static void line(PrintWriter out, String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
  }

  private static List<BadImage> listed(EvaluationResult result) {
    List<BadImage> images = result.badImages();
    return images.subList(0, Math.min(NAMES_TOLD, images.size()));
  }

  private static @Nullable Double finite(@Nullable Double value) {
    return value != null && Double.isFinite(value) ? value : null;
  }

  private static Map<String, Object> toJson(
      EvaluationRequest request, String precision, EvaluationResult result) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("model", result.model());
    object.put("model_uri", request.model());
    object.put("weights_sha256", result.weightsSha256());
    object.put("data", request.data());
    object.put("split", request.split());
    object.put("views", Names.ofConstant(request.views()));
    object.put("precision", precision);
    object.put("executors", result.executors());
    for (Metric metric : result.task().metrics()) {
      object.put(metric.name(), finite(result.metrics().get(metric.name())));
    }
    object.put("loss", finite(result.loss()));
    object.put("images", result.images());
    object.put("images_per_second", result.imagesPerSecond());
    object.put("seconds", result.seconds());
    object.put("bad_images", result.badImages().size());
    object.put("bad_image_names", listed(result).stream().map(BadImage::name).toList());
    object.put("bad_image_reasons", listed(result).stream().map(BadImage::reason).toList());
    return object;
  }
}
