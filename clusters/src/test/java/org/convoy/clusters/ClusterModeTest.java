package org.convoy.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code deploy/yarn/submit}: the driver in the application master. */
@Tag("core")
@ExtendWith(ClusterExtension.class)
final class ClusterModeTest {

  /** The overhead is not stated: the launcher works it out, and it is enough. */
  @Test
  void trainsAndGoesOnByItselfAfterTheApplicationMasterWasKilled(Convoy convoy) throws Exception {
    String out = "hdfs:///runs/cluster";
    try (Run run = submit(convoy, out, "--set=checkpoint.every-steps=1")) {
      String application = run.awaitApplication();
      convoy.awaitFile(run, out + "/checkpoints/step-00000002");
      Containers.master(application).destroyForcibly();
      run.expect(0);
      assertEquals(convoy.expectedDigest(), convoy.digest(out));
      assertEquals(application, convoy.read(out + "/application.txt").strip());
      assertTrue(run.text().contains("final status: SUCCEEDED"), run.text());
      awaitLogs(convoy, application);
    }
  }

  /** The nodes bring the containers' logs together after the end of the application. */
  private static void awaitLogs(Convoy convoy, String application) throws Exception {
    String logs = "";
    for (int tries = 0; tries < 120 && !logs.contains("epoch 2/2 done"); tries++) {
      Thread.sleep(500);
      logs = convoy.cluster().logs(application);
    }
    assertTrue(logs.contains("epoch 2/2 done"), logs);
    assertTrue(logs.contains("on 2 executors, from the checkpoint of step"), logs);
  }

  @Test
  void aFolderThatWouldEndWithTheDriverIsRefusedBeforeAnythingIsSubmitted(Convoy convoy)
      throws Exception {
    try (Run run = submit(convoy, "runs/relative")) {
      run.expect(2);
      assertTrue(run.text().contains("--out: expected a folder on a file system"), run.text());
      assertFalse(run.text().contains("application_"), run.text());
    }
  }

  @Test
  void aLateRefusalReachesWhoeverSubmitted(Convoy convoy) throws Exception {
    String once = "--conf=spark.yarn.maxAppAttempts=1";
    String nowhere = "--set=data.uri=\"hdfs:///no/such\"";
    try (Run run = submit(convoy, "hdfs:///runs/refused", once, nowhere)) {
      run.expect(2);
      assertTrue(run.text().contains("exit code 2: nothing found at hdfs:"), run.text());
      assertFalse(run.text().contains("Shutdown hook called"), run.text());
    }
  }

  private static Run submit(Convoy convoy, String out, String... more) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Packaged.HOME.resolve("deploy/yarn/submit").toString(),
                includingRecipe(convoy).toString(),
                out,
                "--executors=2",
                "--cores=1",
                "--conf=spark.executor.memory=768m",
                "--conf=spark.driver.memory=768m"));
    command.addAll(Arrays.asList(more));
    command.addAll(convoy.sharedSettings());
    return convoy.program(Convoy.sharedJar(), command);
  }

  /** A recipe that is not whole without another file. */
  private static java.nio.file.Path includingRecipe(Convoy convoy) throws Exception {
    java.nio.file.Path recipe = convoy.local("including.conf");
    Files.copy(
        Convoy.recipe(),
        convoy.local("included.conf"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Files.writeString(recipe, "include \"included.conf\"\n", StandardCharsets.UTF_8);
    return recipe;
  }
}
