package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convoy.image.shapes.ShapesGenerator;
import org.convoy.image.shapes.ShapesSettings;
import org.convoy.kernels.Backends;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs with the settings that {@code spark-submit} would pass as system properties. */
final class TrainCommandTest {
  private static final String RECIPE =
      """
      model { name = resnet20, input = [3, 16, 16] }
      batch { micro-batches = 1, micro-batch-size = 4 }
      checkpoint { every-steps = 1 }
      schedule { learning-rate = 0.05, warm-up-epochs = 0 }
      data { uri = "URI" }
      """;

  /** Of tables. */
  private static final List<String> FORMATS = List.of("parquet", "orc", "delta", "iceberg");

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private static Path folder;

  private final Locale language = Locale.getDefault(Locale.Category.FORMAT);

  @BeforeAll
  static void draw() throws IOException {
    new ShapesGenerator(new ShapesSettings(2, 1, 16, 5)).write(folder.resolve("étoiles"));
    Files.writeString(
        folder.resolve("small.conf"), RECIPE.replace("URI", folder.resolve("étoiles").toString()));
  }

  @BeforeEach
  void submit() {
    System.setProperty("spark.master", "local[1]");
    System.setProperty("spark.app.name", "train");
    System.setProperty("spark.driver.host", "localhost");
    System.setProperty("spark.driver.bindAddress", "127.0.0.1");
    System.setProperty(
        "spark.sql.catalog.default_iceberg", "org.apache.iceberg.spark.SparkCatalog");
    System.setProperty("spark.sql.catalog.default_iceberg.type", "hadoop");
    System.setProperty("spark.sql.catalog.default_iceberg.warehouse", folder.toString());
    System.setProperty("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension");
    System.setProperty(
        "spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog");
  }

  @AfterEach
  void restore() {
    Stream.of(
            "master",
            "app.name",
            "driver.host",
            "driver.bindAddress",
            "sql.extensions",
            "sql.catalog.spark_catalog",
            "sql.catalog.default_iceberg",
            "sql.catalog.default_iceberg.type",
            "sql.catalog.default_iceberg.warehouse")
        .forEach(key -> System.clearProperty("spark." + key));
    Locale.setDefault(language);
  }

  @Test
  void theLocaleDoesNotChangeFilesOrWeights() throws IOException {
    List<String> found = new ArrayList<>();
    for (String tag : List.of("en", "fa-u-nu-arabext", "tr-u-nu-arab")) {
      Locale.setDefault(Locale.forLanguageTag(tag));
      Path out = folder.resolve("run-" + tag);
      boolean interrupted = tag.startsWith("fa");
      if (interrupted) {
        train(out, "--set", "max-steps=1");
      }
      CommandLineRun run =
          train(out, "--set", "max-steps=2", "--json", interrupted ? "--resume" : "--verbose");
      found.add(run.json().get("weights_sha256").asText() + " " + files(out));
    }
    assertEquals(1, found.stream().distinct().count(), found::toString);
    assertTrue(found.get(0).contains("checkpoints/step-00000001/"), found.get(0));
  }

  /**
   * The same images from a table in Parquet, from one in ORC with locations, from Delta, and from
   * Iceberg by location and by name.
   */
  @Test
  void aTableIsCopiedOnceAndTrainedFrom() throws IOException {
    Path tables = Files.createDirectory(folder.resolve("tables"));
    writeTables(tables, FORMATS);
    List<String> found = new ArrayList<>();
    found.add(trainInTwoRuns(tables));
    for (String format : FORMATS.subList(1, FORMATS.size())) {
      Path out = folder.resolve("run-" + format);
      CommandLineRun run = train(out, with(table(tables, format), "--set", "max-steps=2"));
      assertEquals(2, copies(out).size(), format);
      found.add(run.json().get("weights_sha256").asText());
    }
    found.add(trainFromACatalog());
    assertEquals(1, found.stream().distinct().count(), found::toString);
    assertRefused("a data set that is no table", "--set", "data.table.format=parquet", "--dry-run");
    assertRefused("cannot read", "--set", "data.table.format=nonsense");
  }

  /** The second run takes the copy of the first one, unless the table has changed. */
  private static String trainInTwoRuns(Path tables) throws IOException {
    String format = FORMATS.get(0);
    Path out = folder.resolve("run-" + format);
    String[] settings = table(tables, format);
    train(out, with(settings, "--set", "max-steps=1"));
    List<String> copies = copies(out);
    assertEquals(2, copies.size(), copies::toString);
    assertTrue(copies.get(0).matches("train-[0-9a-f]{12}/part-00000.tar .*"), copies::toString);
    assertEquals(2, command(out, settings).exitCode());
    CommandLineRun resumed = train(out, with(settings, "--set", "max-steps=2", "--resume"));
    assertEquals(copies, copies(out));
    writeTables(tables, List.of(format));
    CommandLineRun changed = command(out, with(settings, "--set", "max-steps=2", "--resume"));
    assertEquals(2, changed.exitCode(), changed::err);
    assertTrue(changed.err().contains("data.train"), changed::err);
    return resumed.json().get("weights_sha256").asText();
  }

  private static String[] table(Path tables, String format) {
    return new String[] {
      "--set", "data.uri=" + tables,
      "--set", "data.train=train." + format,
      "--set", "data.validation=validation." + format,
      "--set", "data.table={format: " + format + ", image-column: file, label-column: kind}",
      "--json"
    };
  }

  /** A name in a catalog is the same table as its location, in the same snapshot. */
  private static String trainFromACatalog() throws IOException {
    Path out = folder.resolve("run-catalog");
    String[] settings = {
      "--set", "data.uri=default_iceberg.tables",
      "--set", "data.train=\"`train.iceberg`\"",
      "--set", "data.validation=\"`validation.iceberg`\"",
      "--set", "data.table={format: table, image-column: file, label-column: kind}",
      "--set", "max-steps=2",
      "--json"
    };
    CommandLineRun run = train(out, settings);
    assertEquals(snapshots(folder.resolve("run-iceberg")), snapshots(out));
    return run.json().get("weights_sha256").asText();
  }

  /** What a run says of the snapshots of its tables. */
  private static List<Long> snapshots(Path out) throws IOException {
    List<Long> snapshots = new ArrayList<>();
    try (Stream<Path> files = Files.list(out.resolve("images"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".json")).sorted().toList()) {
        JsonNode snapshot = new ObjectMapper().readTree(file.toFile()).path("snapshot");
        assertTrue(snapshot.isIntegralNumber(), file::toString);
        snapshots.add(snapshot.longValue());
      }
    }
    assertEquals(2, snapshots.size());
    return snapshots;
  }

  /** The tars of a run, with the times at which they were written. */
  private static List<String> copies(Path out) throws IOException {
    Path images = out.resolve("images");
    List<String> copies = new ArrayList<>();
    try (Stream<Path> files = Files.walk(images)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".tar")).sorted().toList()) {
        copies.add(images.relativize(file) + " " + Files.getLastModifiedTime(file));
      }
    }
    return copies;
  }

  private static String[] with(String[] settings, String... more) {
    return Stream.concat(Stream.of(settings), Stream.of(more)).toArray(String[]::new);
  }

  /** A row for each image of the shapes: its bytes, or in ORC its location, and its class. */
  private static void writeTables(Path tables, List<String> formats) throws IOException {
    SparkSession spark =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "localhost")
            .getOrCreate();
    try {
      for (String format : formats) {
        for (String split : List.of("train", "validation")) {
          writeTable(spark, tables, split, format);
        }
      }
    } finally {
      spark.stop();
    }
  }

  private static void writeTable(SparkSession spark, Path tables, String split, String format)
      throws IOException {
    boolean bytes = !format.equals("orc");
    List<Row> rows = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder.resolve("étoiles").resolve(split))) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        Object image = bytes ? Files.readAllBytes(file) : file.toString();
        String kind = String.valueOf(file.getName(file.getNameCount() - 2));
        rows.add(RowFactory.create(image, kind));
      }
    }
    StructType schema =
        new StructType()
            .add("file", bytes ? DataTypes.BinaryType : DataTypes.StringType)
            .add("kind", DataTypes.StringType);
    DataFrameWriter<Row> writer =
        spark.createDataFrame(rows, schema).coalesce(1).write().format(format);
    String name = split + "." + format;
    if (format.equals("iceberg")) { // A location is for reading; a catalog makes tables.
      writer.saveAsTable("default_iceberg.tables.`" + name + "`");
    } else {
      writer.mode(SaveMode.Overwrite).save(tables.resolve(name).toString());
    }
  }

  @Test
  void aDryRunSaysWhatTheRunWouldTakeAndWritesNothing() throws IOException {
    Path out = folder.resolve("dry");
    CommandLineRun run = command(out, "--dry-run", "--json", "--set", "epochs=3");
    assertEquals(0, run.exitCode(), run::err);
    assertEquals(20, run.json().get("images").asInt());
    assertEquals(15, run.json().get("steps").asInt());
    assertTrue(run.json().get("training_seconds").asDouble() > 0, run::out);
    assertTrue(
        run.out().contains("steps      15, which is 5 per epoch; a global batch has 4 images"),
        run::out);
    long mebibytes = ((run.json().get("native_bytes").asLong() - 1) >> 20) + 1;
    assertTrue(
        run.json()
            .get("submit")
            .asText()
            .matches(
                ".* --num-executors 1 --executor-cores 1 .* --executor-memory 1024m"
                    + " --conf spark.executor.memoryOverhead="
                    + mebibytes
                    + "m .* train .*small.conf --set epochs=3 --out .*"),
        run::out);
    assertTrue(Files.notExists(out));
    CommandLineRun absent =
        command(out, "--dry-run", "--images", "400", "--classes", "7", "--set", "data.uri=nowhere");
    assertEquals(0, absent.exitCode(), absent::err);
    assertTrue(absent.out().contains("7 classes"), absent::out);
    assertTrue(absent.out().lines().anyMatch(line -> line.matches("missing +data.uri: .*nowhere")));
  }

  @Test
  void unreachableLocationsAreWrongRequests() {
    assertRefused("hadoop-aws:3", "--set", "data.uri=\"s3a://bucket/data\"");
    assertRefused("write s3a:", "--set", "data.uri=\"s3://bucket/data\"");
    assertRefused("web address", "--set", "data.uri=\"https://host/data\"");
    assertRefused("hadoop-azure", "--out", "abfss://container@account/run");
    assertRefused("spark.hadoop.fs.strange.impl", "--out", "strange:/run");
    assertRefused("--images: expected together with --dry-run", "--images", "7");
    assertRefused("--bandwidth: expected together with --dry-run", "--bandwidth", "1Gbit");
    assertRefused("together with --bandwidth", "--dry-run", "--latency", "1");
    assertRefused("--classes: expected at least 1, got 0", "--dry-run", "--classes", "0");
  }

  @Test
  void wrongValuesOfOptionsNameTheOption() {
    CommandLineRun run = command(folder.resolve("refused"), "--dry-run", "--bandwidth", "fast");
    assertEquals(2, run.exitCode(), run::err);
    assertTrue(run.err().startsWith("convoy: --bandwidth: expected a bandwidth such as"), run::err);
  }

  @Test
  void aStepIsTimedOnlyWhereTheBackendRuns() throws IOException {
    assumeTrue(Backends.get("cudnn").unavailable().isPresent(), "refused: a GPU is here");
    assertRefused(
        "convoy: a step cannot be timed here: expected --images-per-second",
        "--dry-run",
        "--set",
        "backend=cudnn");
    CommandLineRun stated =
        command(
            folder.resolve("stated"),
            "--dry-run",
            "--json",
            "--images-per-second",
            "100",
            "--set",
            "backend=cudnn");
    assertEquals(0, stated.exitCode(), stated::err);
    assertEquals(100, stated.json().path("images_per_second").asDouble(), 1, stated::out);
  }

  @Test
  void invalidSparkSettingsAreWrongRequests() {
    assertRefusedWith("spark.executor.memory", "100m", "at least 450m, got 100m");
    assertRefusedWith("spark.executor.memory", "plenty", "a size such as 4g, got plenty");
    assertRefusedWith("spark.dynamicAllocation.enabled", "true", "expected false");
    assertRefusedWith("spark.convoy.exchange.port", "many", "expected spark.convoy.exchange.port");
    assertRefusedWith(
        "spark.scheduler.maxRegisteredResourcesWaitingTime",
        "soon",
        "a time such as 120s, got soon");
  }

  @Test
  void aMasterThatDoesNotAnswerFailsAtOnceAndIsNamed() {
    System.setProperty("spark.master", "spark://127.0.0.1:1");
    System.setProperty("spark.executor.instances", "1");
    CommandLineRun run;
    try {
      run = command(folder.resolve("silent"));
    } finally {
      System.clearProperty("spark.executor.instances");
    }
    assertEquals(1, run.exitCode(), run::err);
    assertTrue(run.err().contains("does not answer: 127.0.0.1:1"), run::err);
    assertEquals(1, run.err().lines().count(), run::err);
  }

  private void assertRefusedWith(String setting, String value, String told) {
    System.setProperty(setting, value);
    try {
      assertRefused(told);
    } finally {
      System.clearProperty(setting);
    }
  }

  private void assertRefused(String told, String... options) {
    CommandLineRun run = command(folder.resolve("refused"), options);
    assertEquals(2, run.exitCode(), run::err);
    assertTrue(run.err().contains(told), run::err);
    assertEquals(1, run.err().lines().count(), run::err);
  }

  private static CommandLineRun train(Path out, String... options) {
    CommandLineRun run = command(out, options);
    assertEquals(0, run.exitCode(), run::err);
    // Standard output has only results, and no messages about the run.
    assertTrue(
        run.out().lines().allMatch(line -> line.matches("(model|report) .*|\\{.*}")), run::out);
    return run;
  }

  private static CommandLineRun command(Path out, String... options) {
    List<Object> arguments = new ArrayList<>(List.of("train", folder.resolve("small.conf")));
    arguments.addAll(List.of(options));
    if (!arguments.contains("--out")) {
      arguments.addAll(List.of("--out", out));
    }
    return CommandLineRun.of(arguments.toArray());
  }

  /** The files in a run's folder, and the names of the tensors in its model. */
  private static List<String> files(Path out) throws IOException {
    List<String> names = new ArrayList<>();
    try (Stream<Path> all = Files.walk(out)) {
      all.filter(Files::isRegularFile)
          .map(file -> out.relativize(file).toString())
          .filter(name -> !name.startsWith("index/")) // Its name comes from the indexed data.
          .sorted()
          .forEach(names::add);
    }
    byte[] weights = Files.readAllBytes(out.resolve("model/weights.safetensors"));
    String header = new String(weights, 8, 4096, java.nio.charset.StandardCharsets.UTF_8);
    names.add(header);
    return names;
  }
}
