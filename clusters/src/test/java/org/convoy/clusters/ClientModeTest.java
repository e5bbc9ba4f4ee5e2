package org.convoy.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code deploy/convoy --master yarn}: the driver in the client, the executors in containers. */
@ExtendWith(ClusterExtension.class)
final class ClientModeTest {
  private static final String HISTORY = "/history";

  /**
   * Two runs at once. Nobody has put jars on HDFS for the first one, which uploads them, and most
   * of its data is on another host. The second one reads data of which one data node holds damaged
   * bytes.
   */
  @Test
  void trainsOnHdfsToTheBytesOfOneMachine(Convoy convoy) throws Exception {
    String out = "hdfs:///runs/client";
    Path damaged = damagedData(convoy);
    Path spread = new Path("/data/spread.tar");
    double near = convoy.cluster().spread(convoy.local("shapes.tar"), spread);
    convoy.cluster().files().mkdirs(new Path(HISTORY));
    List<String> command =
        new ArrayList<>(
            List.of(
                "train",
                Convoy.recipe().toString(),
                "--master=yarn",
                "--executors=2",
                "--cores=1",
                "--set=data.uri=\"hdfs://" + spread + '"',
                "--conf=spark.executor.memory=768m",
                "--conf=spark.scheduler.maxRegisteredResourcesWaitingTime=300s",
                "--conf=spark.eventLog.enabled=true",
                "--conf=spark.eventLog.dir=hdfs://" + HISTORY,
                "--out=" + out));
    command.addAll(convoy.cluster().racks());
    try (Run first = convoy.start(command.toArray(new String[0]));
        Run second =
            convoy.train("hdfs:///runs/beside", "--set=data.uri=\"hdfs://" + damaged + '"')) {
      first.expect(0);
      second.expect(0);
    }
    assertEquals(convoy.expectedDigest(), convoy.digest(out));
    for (String name : new String[] {"model", "checkpoints", "index", "report.html"}) {
      assertTrue(convoy.cluster().files().exists(new Path(out, name)), name);
    }
    assertTrue(convoy.read(out + "/events.jsonl").contains("\"run-ended\""));
    // Beside the data, executors read a little of the index, which is on both hosts.
    assertEquals(near, localReadShare(convoy, out), 0.1);
    assertEquals(convoy.expectedDigest(), convoy.digest("hdfs:///runs/beside"));
    assertTrue(convoy.cluster().hasMissedReplica(damaged), "nobody read the damaged bytes");
    assertEquals(1, localReadShare(convoy, "hdfs:///runs/beside"));
    try (HistoryServer history = HistoryServer.start(convoy, "hdfs://" + HISTORY)) {
      String application = convoy.read(out + "/application.txt").strip();
      String seen = history.get("/api/v1/applications/" + application);
      assertTrue(seen.contains("\"name\" : \"convoy train small\""), seen);
      assertTrue(seen.contains("\"completed\" : true"), seen);
      String stages = history.get("/api/v1/applications/" + application + "/stages");
      assertTrue(stages.contains("\"numCompleteTasks\" : 2"), stages);
    }
  }

  private static double localReadShare(Convoy convoy, String out) throws IOException {
    return Double.parseDouble(
        Convoy.find("\"local_read_share\" *: *([\\d.]+)", convoy.read(out + "/summary.json")));
  }

  /** In many blocks, so that some reader of some block meets the damage. */
  private static Path damagedData(Convoy convoy) throws Exception {
    Path path = new Path("/data/damaged.tar");
    try (OutputStream out =
        convoy.cluster().files().create(path, true, 1 << 16, (short) 2, 1 << 16)) {
      Files.copy(convoy.local("shapes.tar"), out);
    }
    convoy.cluster().damageOneReplica(path);
    return path;
  }
}
