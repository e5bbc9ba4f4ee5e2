package org.convoy.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What {@code deploy/kubernetes/Dockerfile} puts into an image, laid out without a container engine
 * and run as a pod of a restricted namespace: no rights, and nothing to write to but two folders.
 */
@ExtendWith(ClusterExtension.class)
final class ImageTest {
  private static final String RUN = "file:/tmp/run";

  private final Map<String, String> variables = new HashMap<>();

  @Test
  void trainsAsAUserWithoutRightsOnAReadOnlyRoot(Convoy convoy) throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root, to mount folders");
    Path image = convoy.local("image");
    layOut(image);
    // As Spark's pods of one core get it from the launcher.
    variables.put("OMP_NUM_THREADS", "1");
    Path data = Files.createDirectories(convoy.local("image-data"));
    Files.copy(convoy.local("shapes.tar"), data.resolve("shapes.tar"));
    Files.copy(Convoy.recipe(), data.resolve("recipe.conf"));
    List<String> command =
        new ArrayList<>(
            List.of(
                "unshare",
                "--mount",
                "sh",
                Packaged.HOME.resolve("clusters/src/test/resources/run-image.sh").toString(),
                image.toString(),
                Packaged.sparkJars().toRealPath().toString(),
                data.toString(),
                "sh",
                "-c",
                "\"$@\" && cat /tmp/run/summary.json",
                "sh",
                Path.of(System.getProperty("java.home"), "bin/java").toRealPath().toString(),
                "@/opt/convoy/conf/jvm.options",
                "-cp",
                "/opt/spark/jars/*",
                "org.apache.spark.deploy.SparkSubmit",
                "--master=local[1]",
                "--properties-file=/opt/convoy/conf/spark-defaults.conf",
                "--class=org.convoy.jobs.Main",
                "local:///opt/convoy/convoy.jar",
                "train",
                "/data/recipe.conf",
                "--set=data.uri=\"file:/data/shapes.tar\"",
                "--out=" + RUN));
    try (Run run = convoy.program(variables, command)) {
      run.expect(0);
      assertEquals(convoy.expectedDigest(), Convoy.digestIn(run.text()));
      // The image's own log configuration, not Log4j's default.
      assertTrue(run.text().contains("INFO  SampleIndexer: Indexed split 'train'"), run.text());
    }
  }

  /** Does what the lines ENV and COPY of the Dockerfile say, with the context that Docker gets. */
  private void layOut(Path image) throws IOException {
    Path context = Packaged.HOME;
    Path docker = context.resolve("deploy/kubernetes");
    List<String> sent =
        Files.readAllLines(docker.resolve("Dockerfile.dockerignore")).stream()
            .filter(line -> line.startsWith("!"))
            .map(line -> line.substring(1))
            .toList();
    Map<String, String> arguments = new HashMap<>();
    for (String line : Files.readAllLines(docker.resolve("Dockerfile"))) {
      String[] words = line.split(" ");
      switch (words[0]) {
        case "ARG" -> {
          put(arguments, words[1]);
          // As --build-arg does.
          arguments.replace("JAR", Packaged.jar().getFileName().toString());
        }
        case "ENV" -> put(variables, words[1]);
        case "COPY" -> {
          String source = words[1].replace("${JAR}", String.valueOf(arguments.get("JAR")));
          assertTrue(sent.contains(source), source + " is not in the context");
          copy(context.resolve(source), image.resolve(words[2].substring(1)));
        }
        default -> assertTrue(line.isEmpty() || line.matches("(#|FROM ).*"), line);
      }
    }
  }

  private static void put(Map<String, String> map, String assignment) {
    String[] sides = assignment.split("=", 2);
    map.put(sides[0], sides[1]);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Files.copy(each, to.resolve(from.relativize(each).toString()));
      }
    }
  }
}
