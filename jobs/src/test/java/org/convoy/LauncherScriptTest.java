package org.convoy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code deploy/convoy} with a fake java that only prints its arguments. */
final class LauncherScriptTest {
  private static final String JAVA =
      """
      #!/bin/sh
      echo "LC_ALL=$LC_ALL"
      echo "SPARK_SCALA_VERSION=$SPARK_SCALA_VERSION"
      for argument; do echo "$argument"; done
      if [ -n "$FAILS" ]; then
        mkdir -p "$SPARK_HOME/work/app/0" && echo why >"$SPARK_HOME/work/app/0/stderr"
        exit "$FAILS"
      fi
      """;

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private Path folder;

  @BeforeEach
  void install() throws IOException {
    Path java = folder.resolve("jdk/bin/java");
    Files.createDirectories(java.getParent());
    Files.writeString(java, JAVA);
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectories(folder.resolve("spark/jars"));
    Files.createDirectories(folder.resolve("tmp"));
    Files.createFile(folder.resolve("convoy.jar"));
  }

  @Test
  void javaReadsUtf8ForAnyLocale() throws Exception {
    for (String locale : List.of("C", "POSIX", "no_SUCH")) {
      Run run = run(Map.of("LC_ALL", locale), "predict", "modèle", "写真");
      assertEquals(0, run.exitCode(), run.text());
      assertTrue(
          run.lines().stream().anyMatch(line -> line.matches("LC_ALL=(C|en_US).UTF-8")),
          run.text());
      assertTrue(run.lines().containsAll(List.of("modèle", "写真")), run.text());
      assertTrue(run.lines().stream().anyMatch(line -> line.endsWith("/conf/jvm.options")));
    }
    assertEquals("LC_ALL=C.UTF-8", run(Map.of("LC_ALL", "C.UTF-8"), "models").lines().get(0));
  }

  @Test
  void executorsReadUtf8Too() throws Exception {
    Run run = run(Map.of(), "train", "a.conf");
    assertTrue(run.lines().contains("spark.executorEnv.LC_ALL=C.UTF-8"), run.text());
    assertTrue(run.lines().contains("spark.yarn.appMasterEnv.LC_ALL=C.UTF-8"), run.text());
    assertTrue(run.lines().contains("spark.kubernetes.driverEnv.LC_ALL=C.UTF-8"), run.text());
  }

  @Test
  void anInvalidMasterIsRefusedBeforeJavaStarts() throws Exception {
    Run yarn = run(Map.of(), "train", "a.conf", "--master", "yarn");
    assertEquals(2, yarn.exitCode());
    assertTrue(yarn.text().contains("HADOOP_CONF_DIR is not set"), yarn.text());
    Run nowhere = run(Map.of("HADOOP_CONF_DIR", "/no/such"), "train", "a.conf", "--master", "yarn");
    assertEquals(2, nowhere.exitCode());
    assertTrue(nowhere.text().contains("/no/such"), nowhere.text());
    Run unknown = run(Map.of(), "train", "a.conf", "--master", "yarn-cluster");
    assertEquals(2, unknown.exitCode());
    assertTrue(unknown.text().contains("got yarn-cluster"), unknown.text());
  }

  /** Of the two, the dry run is the command's: it says what a run takes. */
  @Test
  void aDryRunReachesTheCommandAndALineIsOnlyPrinted() throws Exception {
    Run dry = run(Map.of(), "train", "a.conf", "--dry-run");
    assertTrue(dry.lines().contains("--dry-run"), dry.text());
    Run line = run(Map.of(), "train", "a.conf", "--print-submit");
    assertEquals(0, line.exitCode(), line.text());
    assertTrue(line.lines().stream().anyMatch(each -> each.startsWith("spark-submit --master")));
    assertFalse(line.lines().stream().anyMatch(each -> each.startsWith("LC_ALL=")), line.text());
  }

  /** Its executors are processes of its own, not Spark's. */
  @Test
  void aBenchmarkIsToldItsExecutors() throws Exception {
    Run run = run(Map.of(), "benchmark", "exchange", "--executors", "2", "--megabytes", "1");
    assertEquals(0, run.exitCode(), run.text());
    List<String> told = List.of("exchange", "--executors", "2", "--megabytes", "1");
    assertTrue(Collections.indexOfSubList(run.lines(), told) > 0, run.text());
    assertFalse(run.text().contains("local-cluster"), run.text());
    assertTrue(
        run(Map.of(), "benchmark", "exchange", "--executors=2").lines().contains("--executors=2"));
  }

  @Test
  void eachExecutorIsGivenAGpu() throws Exception {
    List<String> here = run(Map.of(), "train", "a.conf", "--gpus", "--executors", "1").lines();
    assertTrue(here.contains("spark.executor.resource.gpu.amount=1"), here::toString);
    assertTrue(here.contains("spark.task.resource.gpu.amount=1"), here::toString);
    assertTrue(here.contains("spark.worker.resource.gpu.amount=1"), here::toString);
    assertFalse(here.contains("--gpus"), here::toString);
    Run two = run(Map.of(), "train", "a.conf", "--gpus", "--executors", "2");
    assertEquals(2, two.exitCode(), two.text());
    assertTrue(two.text().contains("--gpus: expected --executors 1"), two.text());
    String kubernetes =
        run(Map.of(), "train", "a.conf", "--gpus", "--master", "k8s://a", "--print-submit").text();
    assertTrue(kubernetes.contains("spark.executor.resource.gpu.vendor=nvidia.com"), kubernetes);
    String yarn =
        run(
                Map.of("HADOOP_CONF_DIR", folder.toString()),
                "train",
                "a.conf",
                "--gpus",
                "--master",
                "yarn",
                "--conf",
                "spark.files=b.txt",
                "--print-submit")
            .text();
    assertTrue(yarn.contains("b.txt") && yarn.contains("deploy/gpu/discover"), yarn);
    assertTrue(yarn.contains("discoveryScript=./discover"), yarn);
  }

  @Test
  void aRangeOfExecutorsAsksForTheMostAndDemandsTheLeast() throws Exception {
    Run run = run(Map.of(), "train", "a.conf", "--executors=2..6", "--cores=1");
    assertTrue(run.lines().contains("spark.executor.instances=6"), run.text());
    assertTrue(run.lines().contains("executors.minimum=2"), run.text());
    Run one = run(Map.of(), "train", "a.conf", "--executors", "6", "--cores=1");
    assertTrue(one.lines().contains("spark.executor.instances=6"), one.text());
    assertFalse(one.text().contains("executors.minimum"), one.text());
    for (String wrong : List.of("6..2", "0..2", "2..", "..2", "2...4")) {
      Run refused = run(Map.of(), "train", "a.conf", "--executors=" + wrong);
      assertEquals(2, refused.exitCode(), refused.text());
      assertTrue(refused.text().contains("--executors: expected"), refused.text());
    }
  }

  @Test
  void aUserOfKerberosIsNamedToSpark() throws Exception {
    Path keytab = Files.createFile(folder.resolve("ada.keytab"));
    String[] user = {"--principal=ada@EXAMPLE.COM", "--keytab=" + keytab};
    Run run = run(Map.of(), "train", "a.conf", user[0], user[1]);
    assertTrue(run.lines().contains("spark.kerberos.principal=ada@EXAMPLE.COM"), run.text());
    assertTrue(run.lines().contains("spark.kerberos.keytab=" + keytab), run.text());
    Run refused = run(Map.of(), "train", "a.conf", user[0], "--keytab=/no/such");
    assertEquals(2, refused.exitCode());
    assertTrue(refused.text().contains("--keytab: expected a file that can be read"));
  }

  @Test
  void aRelativeJarIsFoundByExecutorsToo() throws Exception {
    Run run = run(Map.of("CONVOY_JAR", "convoy.jar"), "train", "a.conf");
    assertTrue(
        run.lines().contains("spark.executor.extraClassPath=" + folder.resolve("convoy.jar")),
        run.text());
  }

  @Test
  void leftoversOfKilledLaunchersAreRemoved() throws Exception {
    long alive = ProcessHandle.current().pid();
    long dead = new ProcessBuilder("true").start().onExit().get().pid();
    Path swept = left(dead, "aaaaaa");
    Path used = left(alive, "bbbbbb");
    Path driven = left(dead, "cccccc");
    Files.writeString(driven.resolve("driver"), alive + "\n");
    Path foreign = Files.createDirectory(folder.resolve("tmp/convoy.notes.dddddd"));
    assertEquals(0, run(Map.of(), "train", "a.conf").exitCode());
    assertFalse(Files.exists(swept));
    assertTrue(Files.exists(used));
    assertTrue(Files.exists(driven));
    assertTrue(Files.exists(foreign));
    assertEquals(3, entries("convoy").size(), "a run leaves nothing behind");
  }

  @Test
  void logsOfAFailedRunAreKept() throws Exception {
    Run failed = run(Map.of("FAILS", "1"), "train", "a.conf");
    assertEquals(1, failed.exitCode());
    run(Map.of(), "train", "a.conf");
    List<Path> kept = entries("convoy-logs");
    assertEquals(1, kept.size());
    assertTrue(failed.text().contains("logs are in " + kept.get(0)), failed.text());
    assertEquals("why\n", Files.readString(kept.get(0).resolve("app/0/stderr")));
    assertEquals(1, entries("convoy").size());
  }

  /** The driver must know the process of its launcher. */
  @Test
  void theDriverKnowsItsLauncher() throws Exception {
    Run run = run(Map.of(), "train", "a.conf");
    assertTrue(
        run.lines().stream().anyMatch(line -> line.matches("-Dconvoy.launcher=[0-9]+")),
        run.text());
  }

  @Test
  void theJarIsChosenByTheVersionOfSpark() throws Exception {
    Files.createFile(folder.resolve("spark/jars/spark-core_2.13-4.0.1.jar"));
    Run four = run(Map.of(), "train", "a.conf");
    assertTrue(four.lines().contains("SPARK_SCALA_VERSION=2.13"), four.text());

    Path jar = built("convoy-spark-4.jar", "spark-4/spark/jars");
    Run found = runIn(folder, Map.of("CONVOY_JAR", ""), "models");
    assertTrue(found.text().contains(":" + jar + ":"), found.text());
  }

  /** The recipe is read here, with the jar that was built here. */
  @Test
  void aJarElsewhereIsReadFromTheCheckoutOfTheSameSpark() throws Exception {
    Files.createFile(folder.resolve("spark/jars/spark-core_2.13-4.0.1.jar"));
    Path jar = built("convoy-spark-4.jar", "spark-4/spark/jars");
    Files.createFile(
        Files.createDirectories(folder.resolve("conf")).resolve("spark-defaults.conf"));
    Files.createFile(folder.resolve("a.conf"));
    Map<String, String> elsewhere =
        Map.of("CONVOY_JAR", "hdfs:///apps/convoy.jar", "HADOOP_CONF_DIR", folder.toString());
    Run run =
        runIn(
            folder,
            elsewhere,
            "train",
            "a.conf",
            "--master=yarn",
            "--conf=spark.executor.memoryOverhead=1g",
            "--print-submit");
    assertEquals(0, run.exitCode(), run.text());
    assertTrue(run.text().contains(":" + jar + ":"), run.text());
    assertTrue(run.text().contains(" hdfs:///apps/convoy.jar train a.conf"), run.text());
  }

  @Test
  void withoutSparkHomeTheJarIsThatOfSpark35() throws Exception {
    Path jar = built("convoy.jar", "spark/jars");
    Run found = runIn(folder, Map.of("CONVOY_JAR", "", "SPARK_HOME", ""), "models");
    assertTrue(found.text().contains(":" + jar + ":"), found.text());
  }

  @Test
  void aSparkWithoutAJarIsRefused() throws Exception {
    Files.createFile(folder.resolve("spark/jars/spark-core_2.13-3.5.5.jar"));
    Run other = run(Map.of(), "train", "a.conf");
    assertEquals(2, other.exitCode());
    assertTrue(other.text().contains("got Spark 3.5.5 with Scala 2.13"), other.text());
  }

  /** Makes the folder a checkout with a jar that is up to date. */
  private Path built(String jar, String spark) throws IOException {
    Path launcher = folder.resolve("deploy/convoy");
    Files.createDirectories(launcher.getParent());
    Files.copy(Path.of(System.getProperty("convoy.home", ".."), "deploy/convoy"), launcher);
    Files.createDirectories(folder.resolve("jobs/target").resolve(spark));
    return Files.createFile(folder.resolve("jobs/target").resolve(jar));
  }

  private Path left(long pid, String random) throws IOException {
    return Files.createDirectory(folder.resolve("tmp/convoy." + pid + "." + random));
  }

  private List<Path> entries(String prefix) throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("tmp"))) {
      return all.filter(entry -> entry.getFileName().toString().startsWith(prefix)).toList();
    }
  }

  private record Run(int exitCode, List<String> lines) {
    String text() {
      return String.join("\n", lines);
    }
  }

  private Run run(Map<String, String> environment, String... arguments) throws Exception {
    return runIn(Path.of(System.getProperty("convoy.home", "..")), environment, arguments);
  }

  private Run runIn(Path checkout, Map<String, String> environment, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(checkout.resolve("deploy/convoy").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    Map<String, String> variables = builder.environment();
    List.of("HADOOP_CONF_DIR", "YARN_CONF_DIR", "SPARK_CONF_DIR", "JAVA_TOOL_OPTIONS")
        .forEach(variables::remove);
    variables.put("JAVA_HOME", folder.resolve("jdk").toString());
    variables.put("SPARK_HOME", folder.resolve("spark").toString());
    variables.put("CONVOY_JAR", folder.resolve("convoy.jar").toString());
    variables.put("TMPDIR", folder.resolve("tmp").toString());
    variables.putAll(environment);
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), text.lines().toList());
  }
}
