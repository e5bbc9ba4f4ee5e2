package org.convoy.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code deploy/convoy --master yarn}: the driver in the client, the executors in containers. */
@ExtendWith(ClusterExtension.class)
final class ClientModeTest {

  @Test
  void trainsOnHdfsToTheBytesOfOneMachine(Convoy convoy) throws Exception {
    String out = "hdfs:///runs/client";
    // As nobody has put anything on HDFS: both jars are uploaded.
    convoy
        .start(
            "train",
            Convoy.recipe().toString(),
            "--master=yarn",
            "--executors=2",
            "--cores=1",
            "--conf=spark.executor.memory=768m",
            "--out=" + out)
        .expect(0);
    assertEquals(convoy.expectedDigest(), convoy.digest(out));
    for (String name : new String[] {"model", "checkpoints", "index", "report.html"}) {
      assertTrue(convoy.cluster().files().exists(new Path(out, name)), name);
    }
    assertTrue(convoy.read(out + "/events.jsonl").contains("\"run-ended\""));
  }
}
