package org.convoy.driver.spark;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.exchange.wire.MeshSettings;
import org.convoy.kernels.NativeMemory;
import org.convoy.settings.RequestException;
import scala.Tuple2;

/** Prepares the Spark settings that a run relies on, before the context exists. */
public final class SparkSettings {
  private SparkSettings() {}

  /**
   * Adds the settings that all of Convoy's work needs to the user's settings.
   *
   * @throws RequestException if the user set something that cannot be
   */
  public static SparkConf prepare(SparkConf conf) {
    NativeMemory.unlimited();
    RequestException.asked(
        () -> {
          Executors.check(conf);
          return conf;
        });
    conf.setIfMissing("spark.ui.enabled", "false");
    return conf;
  }

  /**
   * Adds the settings that a run needs to the user's settings.
   *
   * @throws RequestException if the user set something that cannot be
   */
  public static SparkConf prepare(SparkConf conf, Recipe recipe) {
    prepare(conf);
    // The session restarts a stage itself, from a checkpoint and with the remaining executors.
    conf.set("spark.task.maxFailures", "1");
    conf.set("spark.stage.maxConsecutiveAttempts", "1");
    for (String option : recipe.engine().executorOptions()) {
      String key = "spark.executor.extraJavaOptions";
      conf.set(key, (conf.get(key, "") + " " + option).strip());
    }
    // A barrier stage starts when all its executors are alive; the session has waited for them.
    conf.setIfMissing("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s");
    if (recipe.exchange().port() > 0) {
      conf.setIfMissing("spark.convoy.exchange.port", String.valueOf(recipe.exchange().port()));
    }
    conf.setIfMissing(
        "spark.convoy.exchange.stallTimeout", recipe.exchange().timeoutSeconds() + "s");
    // Executors read these settings. The check here reports a mistake before they start.
    Map<String, String> settings =
        Stream.of(conf.getAll()).collect(Collectors.toMap(Tuple2::_1, Tuple2::_2));
    RequestException.asked(
        () -> MeshSettings.of(settings, "localhost", "driver", Optional.empty()));
    return conf;
  }

  /**
   * Names the application after its work, if the user gave it no name of its own.
   *
   * @param command how the launcher names it; Spark itself takes the name of the main class
   */
  public static void name(SparkConf conf, String command, String work) {
    String name = conf.get("spark.app.name", "");
    if (name.isEmpty() || name.startsWith(command) || name.startsWith("org.convoy.")) {
      conf.set("spark.app.name", command + " " + work);
    }
  }

  /**
   * Checks the settings of a context that is there already, and that {@link #prepare} did not see.
   *
   * @throws RequestException if a run relies on another setting; the message names it
   */
  public static void check(SparkConf conf) {
    Executors.check(conf);
    String master = conf.get("spark.master", "");
    if (master.equals("local") || master.startsWith("local[")) {
      return;
    }
    for (String key : List.of("spark.task.maxFailures", "spark.stage.maxConsecutiveAttempts")) {
      if (conf.getInt(key, 4) != 1) {
        throw new RequestException(
            key
                + " is "
                + conf.getInt(key, 4)
                + ", expected 1: a run starts a stage again by itself, from its checkpoint");
      }
    }
  }

  /**
   * The number of executors that Spark was asked for: {@code spark.executor.instances}, or the
   * number in a local master.
   *
   * @throws RequestException if no setting states it
   */
  public static int executors(SparkConf conf) {
    String master = conf.get("spark.master", "");
    if (master.startsWith("local-cluster[")) {
      return Integer.parseInt(
          master.substring(master.indexOf('[') + 1, master.indexOf(',')).strip());
    }
    if (master.matches("local\\[\\d+]")) {
      return Integer.parseInt(master.substring(master.indexOf('[') + 1, master.length() - 1));
    }
    if (master.equals("local")) {
      return 1;
    }
    int instances = RequestException.asked(() -> conf.getInt("spark.executor.instances", 0));
    if (instances < 1) {
      throw new RequestException(
          "the number of executors is not set: give --executors N, or spark-submit --num-executors N");
    }
    return instances;
  }
}
