package org.convoy.ml;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convoy.image.shapes.ShapeKind;
import org.convoy.image.shapes.ShapesGenerator;
import org.convoy.image.shapes.ShapesSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The stages of Spark ML in Scala, typed into Spark's own shell: {@code pets.scala}. */
@Timeout(300)
class ShellTest {
  private static final int KINDS = 2;
  private static final int IMAGES = 16;

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private Path folder;

  @Test
  void theStagesAreUsedFromScala() throws Exception {
    writePets();
    String said = shell();
    assertTrue(said.contains("classes [0, 1] of 2"), said);
    assertTrue(said.contains("rows 16, probabilities sum to 1: true"), said);
    assertTrue(said.contains("metrics 2"), said);
    assertTrue(said.contains("the script ended"), said);
  }

  private void writePets() {
    ShapesGenerator generator = new ShapesGenerator(new ShapesSettings(IMAGES, 1, 16, 5));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      ShapeKind kind = ShapeKind.values()[i % KINDS];
      byte[] image = generator.draw(ShapesGenerator.Split.TRAIN, kind, i / KINDS);
      rows.add(RowFactory.create(image, (double) (i % KINDS)));
    }
    SparkSession spark =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "localhost")
            .getOrCreate();
    try {
      StructType schema =
          new StructType().add("image", DataTypes.BinaryType).add("label", DataTypes.DoubleType);
      spark.createDataFrame(rows, schema).write().parquet(folder.resolve("pets").toString());
    } finally {
      spark.stop();
    }
  }

  /** Runs the script in spark-shell's main class; what it printed. */
  private String shell() throws IOException, InterruptedException, URISyntaxException {
    Path conf = Path.of(System.getProperty("convoy.home", "..")).resolve("conf");
    URL script = Objects.requireNonNull(ShellTest.class.getResource("pets.scala"));
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + conf.resolve("jvm.options"),
                "-Xmx1g",
                "-Dlog4j2.configurationFile=" + conf.resolve("log4j2.properties"),
                "-Dfolder=" + folder,
                "-Dspark.master=local[2]",
                "-Dspark.ui.enabled=false",
                "-Dspark.driver.host=localhost",
                "-Dspark.driver.bindAddress=127.0.0.1",
                "-Dspark.sql.shuffle.partitions=2",
                "-Dscala.usejavacp=true",
                "-cp",
                System.getProperty("java.class.path"),
                "org.apache.spark.repl.Main",
                "-i",
                Path.of(script.toURI()).toString())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    process.getOutputStream().close();
    if (!process.waitFor(4, TimeUnit.MINUTES)) {
      process.destroyForcibly().waitFor();
    }
    return Files.readString(said);
  }
}
