package org.convoy.ml;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.convoy.ml.ImageTable.KINDS;
import static org.convoy.ml.ImageTable.PER_KIND;
import static org.convoy.ml.ImageTable.SCHEMA;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convoy.artifact.LocalStore;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.monitor.Terminal;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.inference.InferenceOptions;
import org.convoy.models.Models;
import org.convoy.settings.RequestException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Predictions of tables with a network that Spark ML trained, in a session of this process. */
@Timeout(300)
class TablePredictionTest {
  private static final InferenceOptions OPTIONS = InferenceOptions.of(4);
  private static final Terminal TERMINAL = new Terminal(System.err, false, 80);

  @RegisterExtension private static final ImageTable table = new ImageTable();

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private static Path folder;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static SparkSession spark;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static Dataset<Row> images;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static String model;

  @BeforeAll
  static void fit() {
    spark = table.spark();
    images = table.images();
    model = ImageTable.classifier(folder.resolve("fitted")).fit(images).location();
  }

  @Test
  void predictionsOfATableAreATable() throws Exception {
    List<Row> rows = new ArrayList<>(images.collectAsList());
    rows.add(RowFactory.create(new byte[] {1, 2, 3}, 9.0, "none", false));
    String input = folder.resolve("input.orc").toString();
    spark.createDataFrame(rows, SCHEMA).write().orc(input);
    String output = folder.resolve("predicted").toString();
    TablePrediction.Result result =
        new TablePrediction(model, List.of(input), "orc", "image", output, 2, OPTIONS, Set.of())
            .run(spark, TERMINAL);
    assertEquals(PER_KIND * KINDS + 1, result.images());
    assertEquals(1, result.badImages());
    assertTrue(result.imagesPerSecond() > 0, result.toString());
    Dataset<Row> written = spark.read().parquet(output);
    assertArrayEquals(
        new String[] {"label", "kind", "held", "predictedLabel", "top", "error"},
        written.columns());
    for (Row row : written.where("error IS NULL").collectAsList()) {
      List<Row> top = row.getList(row.fieldIndex("top"));
      assertEquals(2, top.size());
      assertEquals(row.<String>getAs("predictedLabel"), top.get(0).<String>getAs("label"));
      assertTrue(top.get(0).getDouble(1) >= top.get(1).getDouble(1));
    }
    assertEquals(9.0, written.where("error IS NOT NULL").first().<Double>getAs("label"));
    Path photos = Files.createDirectory(folder.resolve("photos"));
    Files.write(photos.resolve("a.jpg"), rows.get(0).<byte[]>getAs(0));
    String named = folder.resolve("named").toString();
    new TablePrediction(model, List.of(photos.toString()), "", "", named, 1, OPTIONS, Set.of())
        .run(spark, TERMINAL);
    assertTrue(spark.read().parquet(named).first().<String>getAs("path").endsWith("/a.jpg"));
  }

  @Test
  void furtherColumnsAreArraysAndTheEmbeddingGivesTheLogits() throws Exception {
    String input = folder.resolve("further.orc").toString();
    images.write().orc(input);
    String output = folder.resolve("further-out").toString();
    new TablePrediction(
            model,
            List.of(input),
            "orc",
            "image",
            output,
            1,
            OPTIONS,
            Set.of(TablePrediction.Further.values()))
        .run(spark, TERMINAL);
    try (INDArray flat = SavedModel.load(new LocalStore(Path.of("/")), path(model)).weights()) {
      Graph graph = Models.get("resnet20").build(Shape.of(3, 16, 16), KINDS);
      Parameters layout = Parameters.of(graph);
      float[] weight = layout.view(flat, layout.get("fc.weight")).dup('c').data().asFloat();
      float[] bias = layout.view(flat, layout.get("fc.bias")).dup('c').data().asFloat();
      for (Row row : spark.read().parquet(output).collectAsList()) {
        List<Float> embedding = row.getList(row.fieldIndex("embedding"));
        List<Float> logits = row.getList(row.fieldIndex("logits"));
        List<Float> probabilities = row.getList(row.fieldIndex("probabilities"));
        assertEquals(64, embedding.size());
        assertEquals(1, probabilities.stream().mapToDouble(each -> each).sum(), 1e-5);
        for (int label = 0; label < KINDS; label++) {
          double sum = bias[label];
          for (int i = 0; i < 64; i++) {
            sum += embedding.get(i) * weight[label * 64 + i];
          }
          assertEquals(sum, logits.get(label), 1e-4);
        }
      }
    }
  }

  private static String path(String model) {
    return URI.create(model).getPath().substring(1);
  }

  /** A photo that cannot be read fails the run; it is there when the run is started again. */
  @Test
  void anInterruptedPredictionGoesOn() throws Exception {
    String input = folder.resolve("resumed.parquet").toString();
    for (int i = 0; i < 3; i++) {
      Path photo = folder.resolve("resumed-" + i + ".jpg");
      if (i != 2) {
        Files.write(photo, images.first().<byte[]>getAs("image"));
      }
      spark
          .createDataFrame(
              List.of(RowFactory.create(photo.toUri().toString(), i)),
              new StructType()
                  .add("image", DataTypes.StringType)
                  .add("number", DataTypes.IntegerType))
          .write()
          .mode(SaveMode.Append)
          .parquet(input);
    }
    String output = folder.resolve("resumed-out").toString();
    PredictionInput.Limits fileByFile = new PredictionInput.Limits(1, 1);
    TablePrediction request =
        new TablePrediction(
            model, List.of(input), "parquet", "image", output, 1, OPTIONS, Set.of());
    Exception failed =
        assertThrows(Exception.class, () -> request.run(spark, TERMINAL, fileByFile));
    assertTrue(failed.toString().contains("resumed-2.jpg"), failed.toString());
    assertTrue(Files.notExists(Path.of(output)));
    List<Path> whole;
    try (Stream<Path> parts = Files.list(folder.resolve(".resumed-out.parts"))) {
      whole = parts.filter(each -> each.getFileName().toString().startsWith("part-")).toList();
    }
    TablePrediction other =
        new TablePrediction(
            model, List.of(input), "parquet", "image", output, 2, OPTIONS, Set.of());
    RequestException refused =
        assertThrows(RequestException.class, () -> other.run(spark, TERMINAL, fileByFile));
    assertTrue(refused.toString().contains("interrupted prediction"), refused.toString());
    Files.write(folder.resolve("resumed-2.jpg"), images.first().<byte[]>getAs("image"));
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    TablePrediction.Result result =
        request.run(spark, new Terminal(new PrintStream(said, true, UTF_8), false, 80), fileByFile);
    assertEquals(3, result.images());
    assertEquals(0, result.badImages());
    assertEquals(
        !whole.isEmpty(),
        said.toString(UTF_8).contains(whole.size() + " of 3 parts are there already"));
    assertEquals(
        List.of(0, 1, 2),
        spark.read().parquet(output).orderBy("number").collectAsList().stream()
            .map(row -> row.<Integer>getAs("number"))
            .toList());
    assertTrue(Files.notExists(folder.resolve(".resumed-out.parts")));
  }

  @Test
  void theVersionOfATableIsThatOfItsFilesOrOfItsRows() throws Exception {
    Dataset<Row> rows = spark.createDataFrame(images.collectAsList(), SCHEMA);
    TableVersion version = TableVersion.of(rows, "image", "kind");
    assertEquals(List.of(), version.files());
    assertEquals(version, TableVersion.of(rows.orderBy("kind").repartition(3), "image", "kind"));
    assertNotEquals(version, TableVersion.of(rows.limit(23), "image", "kind"));
    assertNotEquals(version, TableVersion.of(rows, "image", "held"));
    String place = folder.resolve("version.parquet").toString();
    rows.coalesce(1).write().parquet(place);
    TableVersion written = TableVersion.of(spark.read().parquet(place), "image", "kind");
    assertEquals(1, written.files().size());
    assertEquals(written, TableVersion.of(spark.read().parquet(place), "image", "kind"));
    rows.coalesce(1).write().mode(SaveMode.Overwrite).parquet(place);
    assertNotEquals(written, TableVersion.of(spark.read().parquet(place), "image", "kind"));
  }
}
