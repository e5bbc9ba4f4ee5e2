package org.convoy.ml;

import static org.convoy.ml.ImageTable.KINDS;
import static org.convoy.ml.ImageTable.PER_KIND;
import static org.convoy.ml.ImageTable.SCHEMA;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Stages of Spark ML on real images, in a session of this process. */
@Timeout(300)
class ConvoyClassifierTest {
  @RegisterExtension private static final ImageTable table = new ImageTable();

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private static Path folder;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static SparkSession spark;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static Dataset<Row> images;

  @BeforeAll
  static void open() {
    spark = table.spark();
    images = table.images();
  }

  private static ConvoyClassifier classifier(String output) {
    return ImageTable.classifier(folder.resolve(output));
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
