package org.convoy.driver.sweep;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.config.RecipeLoader;
import org.convoy.driver.monitor.EventLog;
import org.convoy.driver.monitor.RateTest;
import org.convoy.driver.training.TrainingFailedException;
import org.convoy.settings.RequestException;

/**
 * Trains a recipe for a number of steps with a learning rate that rises from step to step, and
 * suggests one. A run that diverges on the way has done what it should.
 *
 * @param folder of the test, a Hadoop path
 * @param least rate of the first step
 * @param greatest rate of the last step
 * @param steps how many
 */
public record RateFinder(String folder, double least, double greatest, int steps) {
  private static final int FEWEST = 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Checks the numbers.
   *
   * @throws RequestException if there are too few steps, or the rates do not rise
   */
  public RateFinder {
    if (steps < FEWEST) {
      throw new RequestException("--steps: expected at least " + FEWEST + ", got " + steps);
    }
    if (!(least > 0 && greatest > least && greatest < Double.POSITIVE_INFINITY)) {
      throw new RequestException(
          "--from, --to: expected rates above 0 that rise, got " + least + " and " + greatest);
    }
  }

  /**
   * Trains, and reads what became of it.
   *
   * @param plain the recipe
   * @param images of training, from which the length of an epoch follows
   * @param hadoop for the run's folder
   * @throws TrainingFailedException if the run failed before it had made a step
   */
  public RateTest run(Recipe plain, int images, TrialRuns.Training training, Configuration hadoop)
      throws IOException, InterruptedException, TrainingFailedException {
    if (plain.batch().isAuto()) {
      throw new RequestException(
          "batch.micro-batch-size: expected a number, for the rate belongs to a global batch, got auto");
    }
    int globalBatch = plain.batch().globalSize();
    Path place = new Path(folder, "run");
    FileSystem files = place.getFileSystem(hadoop);
    List<String> events = List.of();
    try {
      training.train(
          rising(plain, Math.max(1, images / globalBatch)), place.toString(), files.exists(place));
    } catch (TrainingFailedException e) {
      events = events(files, place);
      if (RateTest.of(events, globalBatch).points().isEmpty()) {
        throw e;
      }
    }
    return RateTest.of(events.isEmpty() ? events(files, place) : events, globalBatch);
  }

  /** The recipe of the run: its steps are looked at, and nothing else. */
  private Recipe rising(Recipe plain, int stepsPerEpoch) throws IOException {
    ObjectNode tree = (ObjectNode) JSON.readTree(plain.toJson());
    tree.putObject("schedule")
        .put("name", "range-test")
        .put("learning-rate", greatest)
        .put("least", least)
        .put("steps", steps);
    return new RecipeLoader()
        .parse(
            tree.toString(),
            plain.name(),
            List.of(
                "max-steps=" + steps,
                "epochs=" + -Math.floorDiv(-steps, stepsPerEpoch),
                "rate-batch=0",
                "image.progressive=[]",
                "data.validation=\"\"",
                "data.folds=0",
                "data.fold=1",
                "weight-average.decay=0",
                "swa.every-epochs=0",
                "checkpoint.best=false",
                "checkpoint.every-steps=0",
                "early-stopping.patience-epochs=0",
                "artifact.formats=[]",
                "monitor.every-step=true"));
  }

  /** The lines of all event files of the run; one that was cut off is left out. */
  private static List<String> events(FileSystem files, Path run) throws IOException {
    String stem = EventLog.FILE_NAME.split("\\.", 2)[0];
    List<String> lines = new ArrayList<>();
    for (FileStatus each : files.listStatus(run)) {
      if (each.getPath().getName().startsWith(stem)) {
        try (BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(files.open(each.getPath()), StandardCharsets.UTF_8))) {
          reader.lines().filter(line -> line.endsWith("}")).forEach(lines::add);
        }
      }
    }
    return lines;
  }
}
