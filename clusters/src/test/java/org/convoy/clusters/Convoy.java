package org.convoy.clusters;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Convoy as it is packaged, beside a Hadoop cluster: the launcher, the scripts, the jar. */
final class Convoy {
  /** Other work may take the processors while a run waits for its executors. */
  private static final String PATIENT =
      "--conf=spark.scheduler.maxRegisteredResourcesWaitingTime=300s";

  private static final String ARCHIVE = "/apps/spark-jars.zip";
  private static final String JAR = "/apps/convoy.jar";

  private final HadoopCluster cluster;
  private final Path folder;

  /** The variables by which the launcher finds another Spark than the one that it would take. */
  private final Map<String, String> otherSpark;

  private final AtomicInteger runs = new AtomicInteger();
  private Optional<String> expectedDigest = Optional.empty();

  private Convoy(HadoopCluster cluster, Path folder) throws IOException {
    this.cluster = cluster;
    this.folder = folder;
    this.otherSpark =
        Packaged.scala().equals("2.12")
            ? Map.of()
            : Map.of("SPARK_HOME", Packaged.installSpark(folder.resolve("spark")).toString());
  }

  /** Draws a small data set and puts it on HDFS as a tar. */
  static Convoy on(HadoopCluster cluster, Path folder) throws IOException, InterruptedException {
    assertTrue(
        Files.exists(Packaged.jar()),
        "there is no " + Packaged.jar() + ": build with -Pclusters -pl clusters -am");
    Convoy convoy = new Convoy(cluster, folder);
    Path shapes = folder.resolve("shapes");
    String each = "--train-per-class=32";
    convoy.start("generate", shapes.toString(), each, "--validation-per-class=8").expect(0);
    Path tar = folder.resolve("shapes.tar");
    convoy
        .program(
            List.of(
                "tar",
                "--sort=name",
                "-cf",
                tar.toString(),
                "-C",
                shapes.toString(),
                "train",
                "validation"))
        .expect(0);
    cluster
        .files()
        .copyFromLocalFile(
            new org.apache.hadoop.fs.Path(tar.toUri()),
            new org.apache.hadoop.fs.Path("/data/shapes.tar"));
    return convoy;
  }

  /** Puts Spark's jars and Convoy's on HDFS, as a site does once. */
  private void shareJars() throws IOException {
    try (OutputStream out = shared(ARCHIVE);
        ZipOutputStream zip = new ZipOutputStream(out);
        Stream<Path> jars = Files.list(Packaged.sparkJars())) {
      zip.setLevel(Deflater.NO_COMPRESSION);
      for (Path jar : jars.toList()) {
        zip.putNextEntry(new ZipEntry(jar.getFileName().toString()));
        Files.copy(jar, zip);
        zip.closeEntry();
      }
    }
    try (OutputStream out = shared(JAR)) {
      Files.copy(Packaged.jar(), out);
    }
  }

  private OutputStream shared(String path) throws IOException {
    return cluster
        .files()
        .create(new org.apache.hadoop.fs.Path(path), true, 1 << 16, (short) 1, 64L << 20);
  }

  HadoopCluster cluster() {
    return cluster;
  }

  /** A file or folder for the clients of the tests. */
  Path local(String name) {
    return folder.resolve(name);
  }

  /** The recipe of the tests: twelve steps of a small ResNet on shapes. */
  static Path recipe() {
    return Packaged.HOME.resolve("clusters/src/test/resources/small.conf");
  }

  /** Starts {@code deploy/convoy}. */
  Run start(String... arguments) throws IOException {
    return start(Map.of(), arguments);
  }

  Run start(Map<String, String> environment, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(List.of(Packaged.HOME.resolve("deploy/convoy").toString()));
    command.addAll(Arrays.asList(arguments));
    return program(environment, command);
  }

  /** Starts a training run with the driver in the client and two executors of one core. */
  Run train(String output, String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "train",
                recipe().toString(),
                "--master=yarn",
                "--executors=2",
                "--cores=1",
                "--conf=spark.executor.memory=768m",
                "--out=" + output));
    arguments.addAll(Arrays.asList(more));
    arguments.addAll(localSettings());
    return start(localJar(), arguments.toArray(new String[0]));
  }

  /** With this and {@link #localJar} nothing is uploaded for a run: the jars are on every node. */
  static List<String> localSettings() {
    return List.of("--conf=spark.yarn.jars=local:" + Packaged.sparkJars() + "/*", PATIENT);
  }

  /** Variables of the launcher. */
  static Map<String, String> localJar() {
    return Map.of("CONVOY_JAR", "local://" + Packaged.jar());
  }

  /** With this and {@link #sharedJar} nothing is uploaded either: the jars are on HDFS. */
  synchronized List<String> sharedSettings() throws IOException {
    if (!cluster.files().exists(new org.apache.hadoop.fs.Path(ARCHIVE))) {
      shareJars();
    }
    return List.of("--conf=spark.yarn.archive=hdfs://" + ARCHIVE, PATIENT);
  }

  /** Variables of the launcher. */
  static Map<String, String> sharedJar() {
    return Map.of("CONVOY_JAR", "hdfs://" + JAR);
  }

  Run program(List<String> command) throws IOException {
    return program(Map.of(), command);
  }

  Run program(Map<String, String> environment, List<String> command) throws IOException {
    Map<String, String> all = new HashMap<>();
    all.put("HADOOP_CONF_DIR", cluster.conf().toString());
    all.put("CONVOY_JAR", Packaged.jar().toString());
    all.putAll(otherSpark);
    all.put("JAVA_HOME", System.getProperty("java.home"));
    all.putAll(environment);
    return Run.start(local("run-" + runs.incrementAndGet() + ".log"), all, command);
  }

  /** The digest of the weights of a finished run on HDFS. */
  String digest(String output) throws IOException {
    return digestIn(read(output + "/summary.json"));
  }

  /** The digest of the same recipe's weights after a run on this machine alone. */
  synchronized String expectedDigest() throws IOException, InterruptedException {
    if (expectedDigest.isEmpty()) {
      Path out = local("alone");
      start(
              "train",
              recipe().toString(),
              "--set=data.uri=" + local("shapes.tar").toUri(),
              "--executors=1",
              "--cores=1",
              "--out=" + out.toUri())
          .expect(0);
      expectedDigest = Optional.of(digestIn(Files.readString(out.resolve("summary.json"))));
    }
    return expectedDigest.get();
  }

  static String digestIn(String summary) {
    return find("\"weights_sha256\" *: *\"(\\w+)\"", summary);
  }

  /** The first group of a pattern that a text has to have. */
  static String find(String pattern, String text) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertTrue(matcher.find(), text);
    return matcher.group(1);
  }

  /** A text file on HDFS. */
  String read(String path) throws IOException {
    try (InputStream in = cluster.files().open(new org.apache.hadoop.fs.Path(path))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Waits until a run has written a file or folder on HDFS. */
  void awaitFile(Run run, String path) throws IOException, InterruptedException {
    org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(path);
    run.await(path, () -> cluster.files().exists(file));
  }

  void clean() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
