package org.convoy.jobs;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.data.DataSet;
import org.convoy.driver.data.LaneSettings;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.data.SampleIndexer;
import org.convoy.driver.data.SampleReader;
import org.convoy.graph.Shape;
import org.convoy.image.loader.Decoding;
import org.convoy.image.loader.ImageSource;
import org.convoy.image.loader.Stage;
import org.convoy.image.transform.Preprocessing;
import org.convoy.jobs.benchmark.InputBenchmark;
import org.convoy.models.Models;
import org.convoy.settings.RequestException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convoy benchmark input}: making training samples of image files, in this process. */
@Command(
    name = "input",
    description = {
      "Times how training samples are made of image files as a recipe says: stage by stage on one"
          + " thread, in turn with Pillow on the same crops, then with several threads. Reads the"
          + " first images of the recipe's training split."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "%nExample:",
      "  deploy/convoy benchmark input imagenet.tar --recipe conf/imagenet-resnet50.conf --threads 8"
    })
final class BenchmarkInputCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(paramLabel = "DATA", description = "The data set, in place of the recipe's data.uri.")
  private String data = "";

  @Option(
      names = "--recipe",
      paramLabel = "R",
      required = true,
      description = "The recipe whose transforms are made.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path recipe;

  @Mixin private final RecipeOverrides overrides = new RecipeOverrides();

  @Option(
      names = "--threads",
      paramLabel = "T",
      description = "Decoding threads (default: all cores).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "256",
      description = "At most this many images (default ${DEFAULT-VALUE}).")
  private int images;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "Epochs to time; figures are medians of them (default ${DEFAULT-VALUE}).")
  private int rounds;

  @Mixin private final JsonOption json = new JsonOption();

  @Override
  public Integer call() throws IOException, InterruptedException {
    BenchmarkOptions.atLeastOne("--threads", threads);
    BenchmarkOptions.atLeastOne("--images", images);
    BenchmarkOptions.atLeastOne("--rounds", rounds);
    Recipe loaded = overrides.load(recipe, List.of("data.uri=\"" + Locations.of(data) + "\""));
    Preprocessing preprocessing =
        RequestException.asked(() -> loaded.image().preprocessing(input(loaded)));
    Configuration hadoop = new Configuration();
    FileSystems.require("DATA", loaded.data().location(), hadoop);
    SampleIndex index =
        SampleIndexer.local(hadoop)
            .index(DataSet.at(loaded.data().location(), hadoop).split(loaded.data().train()));
    if (loaded.data().decode() == Decoding.NVJPEG) {
      throw new RequestException(
          "data.decode: expected exact or scaled, for the host's decoder is timed, got nvjpeg");
    }
    LaneSettings lanes = LaneSettings.fitting(index, 1);
    InputBenchmark.Result result;
    try (SampleReader reader = SampleReader.of(index, lanes, hadoop)) {
      result =
          new InputBenchmark(
                  sources(index, reader), preprocessing, loaded.data().decode(), loaded.seed())
              .run(rounds, threads);
    }
    if (!json.wanted()) {
      print(result, loaded);
    }
    json.print(spec.commandLine().getOut(), summary(result));
    return 0;
  }

  private static Shape input(Recipe recipe) {
    List<Integer> stated = recipe.model().input();
    return stated.isEmpty() ? Models.get(recipe.model().name()).input() : new Shape(stated);
  }

  private List<ImageSource> sources(SampleIndex index, SampleReader reader) {
    List<ImageSource> sources = new ArrayList<>();
    for (int sample = 0; sample < Math.min(images, index.count()); sample++) {
      int number = sample;
      sources.add(
          new ImageSource(
              number, index.describe(number), index.label(number), () -> reader.read(number)));
    }
    return sources;
  }

  private static Map<String, Object> summary(InputBenchmark.Result result) {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("images", result.images());
    summary.put("bytes_per_image", result.bytesPerImage());
    summary.put("images_per_second_per_core", result.imagesPerSecond());
    Map<String, Object> stages = new LinkedHashMap<>();
    stages.put("read", result.readMicros());
    result
        .stageMicros()
        .forEach((stage, micros) -> stages.put(stage.name().toLowerCase(Locale.ROOT), micros));
    summary.put("stage_us", stages);
    result.entropyMicros().ifPresent(micros -> summary.put("libjpeg_entropy_us", micros));
    result.bound().ifPresent(bound -> summary.put("bound_images_per_second", bound));
    result.ratioToBound().ifPresent(ratio -> summary.put("ratio_to_bound", ratio));
    summary.put("pillow", result.pillow());
    result.pillowImagesPerSecond().ifPresent(rate -> summary.put("pillow_images_per_second", rate));
    result.ratio().ifPresent(ratio -> summary.put("ratio_to_pillow", ratio));
    summary.put("ratios_to_pillow", result.ratios());
    summary.put("threads", result.threads());
    summary.put("images_per_second", result.loadedPerSecond());
    return summary;
  }

  private void print(InputBenchmark.Result result, Recipe recipe) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%s, %d images of %,.0f bytes, %d rounds%n%n%-8s %9s %6s%n",
        recipe.name(),
        result.images(),
        result.bytesPerImage(),
        rounds,
        "stage",
        "us/image",
        "share");
    double total = 1e6 / result.imagesPerSecond();
    printStage("read", result.readMicros(), total, out);
    for (Map.Entry<Stage, Double> each : result.stageMicros().entrySet()) {
      printStage(each.getKey().name().toLowerCase(Locale.ROOT), each.getValue(), total, out);
    }
    out.printf(
        Locale.ROOT,
        "%n1 thread   %,10.1f images/s%n%d threads  %,10.1f images/s, %,.1f per thread%n",
        result.imagesPerSecond(),
        result.threads(),
        result.loadedPerSecond(),
        result.loadedPerSecond() / result.threads());
    if (result.bound().isPresent()) {
      out.printf(
          Locale.ROOT,
          "bound      %,10.1f images/s if libjpeg-turbo decoded the windows alone, in %.0f us of"
              + " which %.0f are entropy decoding: %.2f of it reached%n",
          result.bound().get(),
          1e6 / result.bound().get(),
          result.entropyMicros().orElseThrow(),
          result.ratioToBound().orElseThrow());
    }
    if (result.pillowImagesPerSecond().isPresent()) {
      out.printf(
          Locale.ROOT,
          "Pillow     %,10.1f images/s (version %s, decodes, crops, resizes and mirrors): Convoy"
              + " is %.2f times as fast%n",
          result.pillowImagesPerSecond().get(),
          result.pillow(),
          result.ratio().orElseThrow());
    } else {
      out.printf(Locale.ROOT, "Pillow     skipped: %s%n", result.pillow());
    }
    out.flush();
  }

  private static void printStage(String stage, double micros, double total, PrintWriter out) {
    out.printf(Locale.ROOT, "%-8s %9.1f %5.1f%%%n", stage, micros, 100 * micros / total);
  }
}
