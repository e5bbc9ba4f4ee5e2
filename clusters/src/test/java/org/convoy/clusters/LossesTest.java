package org.convoy.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a cluster takes away from a run, or does not give it. */
@ExtendWith(ClusterExtension.class)
final class LossesTest {

  /** YARN grants another container, and the run waits for it. */
  @Test
  void aKilledContainerIsReplaced(Convoy convoy) throws Exception {
    String out = "hdfs:///runs/killed";
    try (Run run = convoy.train(out, "--set=checkpoint.every-steps=1")) {
      String application = run.awaitApplication();
      convoy.awaitFile(run, out + "/checkpoints/step-00000001");
      Containers.executor(application).destroyForcibly();
      run.expect(0);
      assertTrue(run.text().contains("was lost"), run.text());
      assertTrue(
          run.text().matches("(?s).*restart 1 .*training resnet20 on 2 executors, from.*"),
          run.text());
      assertEquals(convoy.expectedDigest(), convoy.digest(out));
    }
  }

  /**
   * The driver dies with the run's files open: nothing of that keeps the next one from going on.
   */
  @Test
  void aRunGoesOnAfterItsDriverWasKilled(Convoy convoy) throws Exception {
    String out = "hdfs:///runs/driver";
    try (Run run = convoy.train(out, "--set=checkpoint.every-steps=1")) {
      run.awaitApplication();
      convoy.awaitFile(run, out + "/checkpoints/step-00000001");
    }
    try (Run run = convoy.train(out, "--set=checkpoint.every-steps=1", "--resume")) {
      run.expect(0);
      assertTrue(run.text().contains("from the checkpoint of step"), run.text());
      assertEquals(convoy.expectedDigest(), convoy.digest(out));
    }
  }

  @Test
  void aQueueThatGrantsFewerIsNamedAndTheRunGoesOnWithThem(Convoy convoy) throws Exception {
    String out = "hdfs:///runs/short";
    try (Run run =
        convoy.train(out, "--conf=spark.yarn.queue=short", "--set=executors.wait-seconds=25")) {
      run.expect(0);
      assertTrue(
          run.text()
              .matches(
                  "(?s).*waiting for executors: 1 of 2 are there, \\d+ s left; YARN's queue short"
                      + " uses \\d+% of its capacity.*"),
          run.text());
      assertTrue(run.text().contains("on 1 executor of the 2 asked for"), run.text());
      assertEquals(convoy.expectedDigest(), convoy.digest(out));
    }
  }
}
