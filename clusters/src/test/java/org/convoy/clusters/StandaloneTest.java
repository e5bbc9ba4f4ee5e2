package org.convoy.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code deploy/convoy --master spark://HOST:PORT}. */
@Tag("core")
@ExtendWith(ClusterExtension.class)
final class StandaloneTest {

  /** Its executor ends with the worker. The run waits for the one of the next worker. */
  @Test
  void aWorkerIsKilledAndRestartedUnderARun(Convoy convoy) throws Exception {
    Path out = convoy.local("standalone");
    try (Standalone cluster = Standalone.start(convoy)) {
      cluster.startWorker();
      Run second = cluster.startWorker();
      try (Run run =
          convoy.start(
              "train",
              Convoy.recipe().toString(),
              "--master=" + cluster.url(),
              "--executors=2",
              "--cores=1",
              "--set=data.uri=" + convoy.local("shapes.tar").toUri(),
              "--set=checkpoint.every-steps=1",
              "--conf=spark.executor.memory=768m",
              "--conf=spark.scheduler.maxRegisteredResourcesWaitingTime=300s",
              "--out=" + out.toUri())) {
        Path first = out.resolve("checkpoints/step-00000001");
        run.await("the first checkpoint", () -> Files.exists(first));
        second.kill();
        cluster.startWorker();
        run.expect(0);
        assertTrue(
            run.text().matches("(?s).*was lost.*restart 1 .*on 2 executors, from the checkpoint.*"),
            run.text());
      }
    }
    assertEquals(
        convoy.expectedDigest(), Convoy.digestIn(Files.readString(out.resolve("summary.json"))));
  }
}
