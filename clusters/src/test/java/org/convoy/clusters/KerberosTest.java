package org.convoy.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Options {@code --principal --keytab}: YARN, and data and output on HDFS with Kerberos. */
@ExtendWith(ClusterExtension.class)
final class KerberosTest {

  /**
   * Two runs at once, one with its driver in the client and one with its driver in the cluster. An
   * executor of each stands still until the first tokens have ended, and is lost then. The other
   * one and a new one read all images again and write checkpoints, with tokens that Spark brought
   * them.
   */
  @Test
  void runsOutliveTheirTokens(Convoy convoy) throws Exception {
    String client = "hdfs:///runs/client";
    String submitted = "hdfs:///runs/submitted";
    try (KerberosCluster cluster = KerberosCluster.start(convoy);
        Run first = start(convoy, cluster, client, List.of("deploy/convoy", "train"), "--out");
        Run second = start(convoy, cluster, submitted, List.of("deploy/yarn/submit"))) {
      first.awaitText("epoch 1/2 .*step \\d");
      String application = second.awaitApplication();
      cluster.awaitLog(second, application, "epoch 1/2 .*step \\d");
      List<ProcessHandle> executors =
          List.of(Containers.executor(first.awaitApplication()), Containers.executor(application));
      for (ProcessHandle executor : executors) {
        convoy.program(List.of("kill", "-STOP", Long.toString(executor.pid()))).expect(0);
      }
      Thread.sleep(KerberosCluster.TOKEN_MILLIS + KerberosCluster.TOKEN_MILLIS / 4);
      executors.forEach(ProcessHandle::destroyForcibly);
      first.expect(0);
      second.expect(0);
      for (String out : List.of(client, submitted)) {
        String summary = cluster.read(out + "/summary.json");
        assertEquals(convoy.expectedDigest(), Convoy.digestIn(summary), out);
        assertTrue(summary.matches("(?s).*\"restarts\" : 1,.*"), summary);
      }
    }
  }

  private static Run start(
      Convoy convoy, KerberosCluster cluster, String out, List<String> program, String... option)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Packaged.HOME.resolve(program.get(0)).toString());
    command.addAll(program.subList(1, program.size()));
    command.add(Convoy.recipe().toString());
    command.addAll(List.of(option));
    command.add(out);
    command.addAll(
        List.of(
            "--master=yarn",
            "--executors=2",
            "--cores=1",
            "--set=checkpoint.every-steps=1",
            "--set=monitor.progress-seconds=1",
            "--conf=spark.driver.memory=768m",
            "--conf=spark.executor.memory=768m",
            // New tokens after a quarter of the time for which the last ones are good.
            "--conf=spark.security.credentials.renewalRatio=0.25"));
    command.addAll(Convoy.localSettings());
    command.addAll(cluster.options());
    Map<String, String> environment = new HashMap<>(cluster.client());
    environment.putAll(Convoy.localJar());
    return convoy.program(environment, command);
  }
}
