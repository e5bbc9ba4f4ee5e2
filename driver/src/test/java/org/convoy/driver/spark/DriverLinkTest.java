package org.convoy.driver.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.RpcUtils;
import org.junit.jupiter.api.Test;

/** Messages of a stage's tasks, and of others. */
final class DriverLinkTest {
  @Test
  void tasksAreHeardAndWhoGuessesTheNameIsNot() throws Exception {
    SparkConf conf =
        new SparkConf()
            .setMaster("local[1]")
            .setAppName("link")
            .set("spark.driver.host", "localhost")
            .set("spark.driver.bindAddress", "127.0.0.1");
    List<String> heard = Collections.synchronizedList(new ArrayList<>());
    try (JavaSparkContext spark = new JavaSparkContext(SparkSettings.prepare(conf))) {
      String guessed = "convoy-" + spark.sc().applicationId() + "-attempt";
      List<String> results =
          new SparkCluster(spark)
              .barrier("attempt", "a test", 1, place -> send(place, guessed), new Heard(heard));
      assertEquals(List.of("answered"), results);
    }
    assertEquals(List.of("by a task", "a question"), heard);
  }

  private static String send(Place place, String guessed) {
    place.tell("by a task");
    SparkEnv env = SparkEnv.get();
    try {
      RpcUtils.makeDriverRef(guessed, env.conf(), env.rpcEnv()).send("by a stranger");
    } catch (Exception e) {
      // Scala throws checked exceptions that it does not declare.
      String why = String.valueOf(e.getCause());
      assertTrue(why.contains(guessed), why);
    }
    return place.ask("a question");
  }

  private record Heard(List<String> all) implements StageListener {
    @Override
    public void told(String message) {
      all.add(message);
    }

    @Override
    public String asked(String message) {
      all.add(message);
      return "answered";
    }

    @Override
    public void lost(String executorId, String reason) {
      throw new IllegalStateException(reason);
    }
  }
}
