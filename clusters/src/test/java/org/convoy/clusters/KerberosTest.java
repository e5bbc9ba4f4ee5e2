package org.convoy.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code deploy/convoy --principal --keytab}: YARN, and data and output on HDFS with Kerberos. */
@ExtendWith(ClusterExtension.class)
final class KerberosTest {

  /**
   * An executor stands still until the first tokens have ended, and is lost then. The other one and
   * a new one read all images again and write checkpoints, with tokens that Spark brought them.
   */
  @Test
  void aRunOutlivesItsTokens(Convoy convoy) throws Exception {
    String out = "hdfs:///runs/kerberos";
    try (KerberosCluster cluster = KerberosCluster.start(convoy);
        Run run = train(convoy, cluster, out)) {
      run.awaitText("epoch 1/2 .*step \\d");
      ProcessHandle executor = Containers.executor();
      convoy.program(List.of("kill", "-STOP", Long.toString(executor.pid()))).expect(0);
      Thread.sleep(KerberosCluster.TOKEN_MILLIS + KerberosCluster.TOKEN_MILLIS / 4);
      executor.destroyForcibly();
      run.expect(0);
      assertTrue(
          run.text().matches("(?s).*restart 1 .*training resnet20 on 2 executors, from.*"),
          run.text());
      assertEquals(convoy.expectedDigest(), Convoy.digestIn(cluster.read(out + "/summary.json")));
    }
  }

  private static Run train(Convoy convoy, KerberosCluster cluster, String out) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "train",
                Convoy.recipe().toString(),
                "--master=yarn",
                "--executors=2",
                "--cores=1",
                "--set=checkpoint.every-steps=1",
                "--set=monitor.progress-seconds=1",
                "--conf=spark.executor.memory=768m",
                // New tokens after a quarter of the time for which the last ones are good.
                "--conf=spark.security.credentials.renewalRatio=0.25",
                "--out=" + out));
    arguments.addAll(Convoy.localSettings());
    arguments.addAll(cluster.options());
    Map<String, String> environment = new HashMap<>(cluster.client());
    environment.putAll(Convoy.localJar());
    return convoy.start(environment, arguments.toArray(new String[0]));
  }
}
