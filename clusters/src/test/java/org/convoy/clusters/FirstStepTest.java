package org.convoy.clusters;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How long a run takes from the call of the launcher to the end of its first step, on YARN. */
@Tag("figures")
@ExtendWith(ClusterExtension.class)
final class FirstStepTest {
  private static final int RUNS = 3;

  /** Where the jars are, and what the user gives for that. */
  private record Jars(String name, Map<String, String> environment, List<String> settings) {}

  @Test
  void jarsThatAreThereSaveTheUpload(Convoy convoy) throws Exception {
    List<Jars> places =
        List.of(
            new Jars("uploaded for each run", Map.of(), List.of()),
            new Jars("on HDFS", Convoy.sharedJar(), convoy.sharedSettings()),
            new Jars("on every node", Convoy.localJar(), Convoy.localSettings()));
    double[] best = new double[places.size()];
    for (int place = 0; place < places.size(); place++) {
      List<String> seconds = new ArrayList<>();
      best[place] = Double.MAX_VALUE;
      for (int run = 0; run < RUNS; run++) {
        double each = seconds(convoy, places.get(place), place + "-" + run);
        best[place] = Math.min(best[place], each);
        seconds.add(String.format(Locale.ROOT, "%.1f", each));
      }
      System.out.println("jars " + places.get(place).name() + ": " + seconds + " s");
    }
    assertTrue(best[1] < best[0] && best[2] < best[0], "see the output");
  }

  private static double seconds(Convoy convoy, Jars jars, String name) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "train",
                Convoy.recipe().toString(),
                "--master=yarn",
                "--executors=2",
                "--cores=1",
                "--set=monitor.progress-seconds=1",
                "--conf=spark.executor.memory=768m",
                "--out=hdfs:///runs/first-step-" + name));
    arguments.addAll(jars.settings());
    long begin = System.nanoTime();
    try (Run run = convoy.start(jars.environment(), arguments.toArray(new String[0]))) {
      run.awaitText("epoch 1/2 +step 1/");
      double seconds = (System.nanoTime() - begin) / 1e9;
      run.expect(0);
      return seconds;
    }
  }
}
