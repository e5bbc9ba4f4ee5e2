package org.convoy.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Data, checkpoints and models on a store that speaks S3, by Hadoop's client for it. */
@ExtendWith(ClusterExtension.class)
final class ObjectStoreTest {
  private static final String DATA = "/bucket/shapes.tar";
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");

  /** 320 images in blocks of 32, which this data set gets, and 80 for validation. */
  private static final int BLOCKS = 10 + 3;

  /** The smallest range that hadoop-aws asks for, and more than a block of these images has. */
  private static final int READ_AHEAD = 64 << 10;

  /** The store refuses each seventh request, which the client has to send again. */
  @Test
  void trainsInPlace(Convoy convoy) throws Exception {
    assumeTrue(Packaged.scala().equals("2.12"), "needs hadoop-aws of the Hadoop of this Spark");
    try (ObjectStore store = ObjectStore.start(Files.createDirectories(convoy.local("s3")))) {
      RequestLog log = store.log();
      log.put("/bucket", new byte[0]);
      log.put(DATA, Files.readAllBytes(convoy.local("shapes.tar")));
      log.refuseEach(7);
      List<String> arguments =
          new ArrayList<>(
              List.of(
                  "train",
                  Convoy.recipe().toString(),
                  "--executors=1",
                  "--cores=1",
                  "--set=data.uri=\"s3a://bucket/shapes.tar\"",
                  "--set=checkpoint.every-steps=5",
                  "--out=s3a://bucket/run"));
      arguments.addAll(store.sparkOptions());
      try (Run run = convoy.start(arguments.toArray(new String[0]))) {
        run.expect(0);
      }
      List<RequestLog.Request> requests = log.requests();
      assertEquals(convoy.expectedDigest(), Convoy.digestIn(log.get("/bucket/run/summary.json")));
      assertTrue(requests.stream().anyMatch(RequestLog.Request::isRefused));
      blocksAreReadByOneRequestEach(requests);
      commitsAreWrittenInPlaceAndLast(requests);
    }
  }

  /**
   * From the listing of the data set to the saved model; the report then shows single images.
   * Blocks stay in memory for the second epoch.
   */
  private static void blocksAreReadByOneRequestEach(List<RequestLog.Request> requests) {
    List<String> paths = requests.stream().map(RequestLog.Request::path).toList();
    int saved = paths.indexOf("/bucket/run/model/model.json");
    int listed = 0;
    for (int i = 0; i < saved; i++) {
      if (paths.get(i).contains("/run/index/")) {
        listed = i;
      }
    }
    Map<Long, Integer> requestsByStart = new TreeMap<>();
    for (RequestLog.Request request : requests.subList(listed, saved)) {
      if (request.method().equals("GET") && request.path().equals(DATA) && !request.isRefused()) {
        Matcher range = RANGE.matcher(request.range().orElse("none"));
        assertTrue(range.matches(), request.toString());
        long from = Long.parseLong(range.group(1));
        assertTrue(Long.parseLong(range.group(2)) - from < READ_AHEAD, request.toString());
        requestsByStart.merge(from, 1, Integer::sum);
      }
    }
    String counted = requestsByStart.toString();
    assertEquals(BLOCKS, requestsByStart.size(), counted);
    assertTrue(requestsByStart.values().stream().allMatch(count -> count == 1), counted);
  }

  private static void commitsAreWrittenInPlaceAndLast(List<RequestLog.Request> requests) {
    List<String> written =
        requests.stream()
            .filter(request -> request.method().equals("PUT") && !request.isRefused())
            .map(RequestLog.Request::path)
            .toList();
    for (String folder :
        List.of("checkpoints/step-00000005", "checkpoints/step-00000010", "model")) {
      String prefix = "/bucket/run/" + folder + "/";
      Optional<String> last =
          written.stream().filter(path -> path.startsWith(prefix)).reduce((a, b) -> b);
      assertEquals(Optional.of(prefix + "manifest.json"), last);
      assertFalse(
          requests.stream()
              .anyMatch(request -> request.isCopy() && request.path().contains("/" + folder)),
          "copied into " + folder);
    }
  }
}
