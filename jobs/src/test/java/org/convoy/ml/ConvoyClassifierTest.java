package org.convoy.ml;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.ml.tuning.TrainValidationSplit;
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
import org.convoy.image.shapes.ShapeKind;
import org.convoy.image.shapes.ShapesGenerator;
import org.convoy.image.shapes.ShapesSettings;
import org.convoy.inference.InferenceOptions;
import org.convoy.models.Models;
import org.convoy.settings.RequestException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Stages of Spark ML on real images, in a session of this process. */
@Timeout(300)
class ConvoyClassifierTest {
  private static final int KINDS = 3;
  private static final int PER_KIND = 8;
  private static final StructType SCHEMA =
      new StructType()
          .add("image", DataTypes.BinaryType)
          .add("label", DataTypes.DoubleType)
          .add("kind", DataTypes.StringType)
          .add("held", DataTypes.BooleanType);

  private static final InferenceOptions OPTIONS = InferenceOptions.of(4);
  private static final Terminal TERMINAL = new Terminal(System.err, false, 80);

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static SparkSession spark;

  @SuppressWarnings("NullAway.Init")
  private static Dataset<Row> images;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("ml")
            .config("spark.driver.host", "localhost")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .getOrCreate();
    ShapesGenerator generator = new ShapesGenerator(new ShapesSettings(PER_KIND, 1, 16, 5));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < PER_KIND * KINDS; i++) {
      ShapeKind kind = ShapeKind.values()[i % KINDS];
      byte[] image = generator.draw(ShapesGenerator.Split.TRAIN, kind, i / KINDS);
      rows.add(RowFactory.create(image, (double) (i % KINDS), kind.label(), i % 4 == 3));
    }
    images = spark.createDataFrame(rows, SCHEMA).repartition(2).cache();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static ConvoyClassifier classifier(String output) {
    return new ConvoyClassifier()
        .setNetwork("resnet20")
        .setImageSize(16)
        .setEpochs(1)
        .setSettings(
            new String[] {
              "batch.micro-batches=2",
              "batch.micro-batch-size=3",
              "image.train=[]",
              "image.evaluation=[]"
            })
        .setOutput(folder.resolve(output).toString());
  }

  @Test
  void aFitTrainsAndTheModelPredictsAndIsReadBack() throws Exception {
    ConvoyClassificationModel model =
        classifier("kinds").setLabelCol("kind").setValidationIndicatorCol("held").fit(images);
    assertTrue(Files.exists(folder.resolve("kinds/fit-1/run/report.html")));
    assertEquals(KINDS, model.numClasses());
    List<Row> rows = model.transform(images).orderBy("label").collectAsList();
    assertEquals(PER_KIND * KINDS, rows.size());
    for (Row row : rows) {
      double[] probabilities = row.<Vector>getAs("probability").toArray();
      int best = (int) row.<Double>getAs("prediction").doubleValue();
      assertEquals(1, Arrays.stream(probabilities).sum(), 1e-9);
      assertEquals(model.labels().get(best), row.getAs("predictedLabel"));
      assertEquals(Arrays.stream(probabilities).max().getAsDouble(), probabilities[best]);
      assertTrue(row.isNullAt(row.fieldIndex("error")));
    }
    String saved = folder.resolve("saved").toString();
    model.setPredictionCol("said").write().overwrite().save(saved);
    ConvoyClassificationModel back = ConvoyClassificationModel.load(saved);
    assertEquals("said", back.getPredictionCol());
    assertEquals(model.uid(), back.uid());
    List<Row> again = back.transform(images).orderBy("label").collectAsList();
    for (int i = 0; i < rows.size(); i++) {
      assertArrayEquals(
          rows.get(i).<Vector>getAs("rawPrediction").toArray(),
          again.get(i).<Vector>getAs("rawPrediction").toArray());
    }
  }

  @Test
  void aPipelineIsSavedAndReadBackBeforeAndAfterItsFit() throws Exception {
    Pipeline pipeline =
        new Pipeline().setStages(new PipelineStage[] {classifier("pipeline").setSeed(7)});
    String before = folder.resolve("pipeline-before").toString();
    pipeline.write().overwrite().save(before);
    PipelineModel model = Pipeline.load(before).fit(images);
    String after = folder.resolve("pipeline-after").toString();
    model.write().overwrite().save(after);
    assertEquals(
        model.transform(images).select("prediction").collectAsList(),
        PipelineModel.load(after).transform(images).select("prediction").collectAsList());
  }

  @Test
  void modelsAreSelectedByValidation() {
    ConvoyClassifier classifier = classifier("selected");
    ParamMap[] grid =
        new ParamGridBuilder()
            .addGrid(classifier.learningRate(), new double[] {0.05, 1e-6})
            .build();
    MulticlassClassificationEvaluator accuracy =
        new MulticlassClassificationEvaluator().setMetricName("accuracy");
    CrossValidatorModel crossed =
        new CrossValidator()
            .setEstimator(classifier)
            .setEstimatorParamMaps(new ParamMap[] {grid[0]})
            .setEvaluator(accuracy)
            .setNumFolds(2)
            .setSeed(1)
            .fit(images);
    assertEquals(1, crossed.avgMetrics().length);
    assertNotNull(((ConvoyClassificationModel) crossed.bestModel()).parent());
    double[] metrics =
        new TrainValidationSplit()
            .setEstimator(classifier)
            .setEstimatorParamMaps(grid)
            .setEvaluator(accuracy)
            .setSeed(1)
            .fit(images)
            .validationMetrics();
    assertEquals(2, metrics.length);
    // Two folds, the best of them on all rows, two rates, the better one on all rows.
    assertTrue(Files.exists(folder.resolve("selected/fit-6/run/model/manifest.json")));
  }

  @Test
  void aRowWhoseImageDoesNotDecodeSaysSo() throws Exception {
    ConvoyClassificationModel model = classifier("odd").fit(images);
    Path photo = folder.resolve("photo.jpg");
    List<Row> rows =
        List.of(
            RowFactory.create(new byte[] {1, 2, 3}, 0.0, "none", false),
            RowFactory.create(null, 0.0, "none", false),
            images.first());
    List<Row> predicted = model.transform(spark.createDataFrame(rows, SCHEMA)).collectAsList();
    assertEquals(
        List.of(false, false, true),
        predicted.stream().map(row -> row.isNullAt(row.fieldIndex("error"))).toList());
    assertEquals(
        List.of(true, true, false),
        predicted.stream().map(row -> row.isNullAt(row.fieldIndex("prediction"))).toList());
    assertTrue(predicted.get(0).<String>getAs("error").contains("no image"), predicted.toString());
    Files.write(photo, images.first().<byte[]>getAs("image"));
    Dataset<Row> paths =
        spark.createDataFrame(
            List.of(RowFactory.create(photo.toUri().toString())),
            new StructType().add("image", DataTypes.StringType));
    assertEquals(
        predicted.get(2).<Vector>getAs("rawPrediction"),
        model.transform(paths).first().<Vector>getAs("rawPrediction"));
  }

  @Test
  void predictionsOfATableAreATable() throws Exception {
    String model = classifier("tables").fit(images).location();
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
    String model = classifier("further").fit(images).location();
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

  /** bfloat16 has eight bits of precision. */
  @Test
  void bfloat16GivesNearlyTheSameProbabilities() throws Exception {
    ConvoyClassificationModel model =
        ConvoyClassificationModel.of(classifier("precise").fit(images).location(), spark);
    List<Row> exact = model.transform(images).collectAsList();
    List<Row> rounded = model.setPrecision("bfloat16").transform(images).collectAsList();
    for (int i = 0; i < exact.size(); i++) {
      double[] expected = exact.get(i).<Vector>getAs("probability").toArray();
      assertArrayEquals(expected, rounded.get(i).<Vector>getAs("probability").toArray(), 0.05);
    }
    assertThrows(IllegalArgumentException.class, () -> model.setPrecision("half"));
  }

  /** A photo that cannot be read fails the run; it is there when the run is started again. */
  @Test
  void anInterruptedPredictionGoesOn() throws Exception {
    String model = classifier("resumed").fit(images).location();
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

  @Test
  void wrongColumnsAndClassesAreRefusedBeforeAnythingIsWritten() {
    ConvoyClassifier classifier = classifier("refused");
    assertThrows(IllegalArgumentException.class, () -> classifier.fit(images.drop("image")));
    IllegalArgumentException type =
        assertThrows(
            IllegalArgumentException.class,
            () -> classifier.copy(ParamMap.empty()).setImageCol("label").fit(images));
    assertTrue(type.toString().contains("expected binary"), type.toString());
    IllegalArgumentException missing =
        assertThrows(
            IllegalArgumentException.class, () -> classifier.fit(images.where("label <> 1")));
    assertTrue(missing.toString().contains("every number from 0 to 2"), missing.toString());
    assertTrue(Files.notExists(folder.resolve("refused")));
  }
}
