package org.convoy.ml;

import static org.apache.spark.ml.functions.vector_to_array;
import static org.apache.spark.sql.functions.col;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.BinaryType;
import org.convoy.driver.config.Names;
import org.convoy.driver.evaluation.SharedModels;
import org.convoy.driver.monitor.Terminal;
import org.convoy.driver.spark.ExecutorSize;
import org.convoy.inference.InferenceOptions;
import org.convoy.settings.RequestException;

/**
 * Predicts images with a saved model and writes a Parquet table: the columns of the input without
 * the images' bytes, the most probable class, {@code top} with the classes after it, the further
 * columns that were asked for, and the error of an image that does not decode.
 *
 * <p>The input is cut into parts, which are predicted one after the other. A second run of the same
 * request goes on with the parts that are missing. The table appears whole.
 *
 * @param model a saved model's folder
 * @param inputs folders of images or image files; or one table, if there is a format
 * @param format of the table, as Spark SQL names its sources; empty: inputs are images
 * @param imageColumn the table's column of images: bytes, or locations
 * @param output folder of the new table
 * @param top classes for each image
 * @param options the images computed together, and the precision
 * @param further columns to write
 */
public record TablePrediction(
    String model,
    List<String> inputs,
    String format,
    String imageColumn,
    String output,
    int top,
    InferenceOptions options,
    Set<Further> further) {

  /** Copies the lists. */
  public TablePrediction {
    inputs = List.copyOf(inputs);
    further = Set.copyOf(further);
  }

  /** A column that is written if it is asked for: an array of float32. */
  public enum Further {
    /** The network's output for each class. */
    LOGITS,
    /** The probability of each class. */
    PROBABILITIES,
    /** The features that the last layer makes outputs of. */
    EMBEDDING;

    /** The column's name. */
    public String column() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The column of this name.
     *
     * @throws RequestException for another name, listing the known ones
     */
    public static Further named(String name) {
      return Arrays.stream(values())
          .filter(each -> each.column().equals(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new RequestException(
                      String.format(
                          Locale.ROOT,
                          "unknown column \"%s\"; known: %s",
                          name,
                          Arrays.stream(values()).map(Further::column).toList())));
    }
  }

  /**
   * Predicts and writes.
   *
   * @return what was written
   * @throws RequestException if an earlier run of another request was interrupted here, or if
   *     executors lack memory
   */
  public Result run(SparkSession spark, Terminal terminal) throws IOException {
    return run(spark, terminal, PredictionInput.Limits.STANDARD);
  }

  Result run(SparkSession spark, Terminal terminal, PredictionInput.Limits limits)
      throws IOException {
    SharedModels.requireMemory(
        model,
        options,
        ExecutorSize.of(spark.sparkContext().getConf()),
        spark.sparkContext().hadoopConfiguration());
    PredictionInput input = PredictionInput.of(this, spark, limits);
    ConvoyClassificationModel stage = stage(input, spark);
    PredictionParts parts =
        PredictionParts.open(
            output, request(stage, input), spark.sparkContext().hadoopConfiguration());
    int there = parts.countOf(input.parts());
    long before = there == 0 ? 0 : parts.rows(spark, input.parts());
    long start = System.nanoTime();
    if (there > 0) {
      terminal.print(there + " of " + input.parts() + " parts are there already");
    }
    for (int i = 0; i < input.parts(); i++) {
      if (!parts.has(i)) {
        parts.write(i, predicted(input.part(i), stage, input));
        if (input.parts() > 1) {
          terminal.print("part " + (i + 1) + " of " + input.parts() + " is written");
        }
      }
    }
    double seconds = (System.nanoTime() - start) * 1e-9;
    parts.finish(input.parts());
    Dataset<Row> written = spark.read().parquet(output);
    long images = written.count();
    return new Result(
        images, written.where("error IS NOT NULL").count(), (images - before) / seconds);
  }

  private ConvoyClassificationModel stage(PredictionInput input, SparkSession spark)
      throws IOException {
    return ConvoyClassificationModel.of(model, spark)
        .setImageCol(input.imageColumn())
        .setBatchSize(options.batch())
        .setPrecision(Names.ofConstant(options.precision()))
        .setRawPredictionCol(nameOf(Further.LOGITS))
        .setProbabilityCol(nameOf(Further.PROBABILITIES))
        .setEmbeddingCol(nameOf(Further.EMBEDDING))
        .setPredictionCol("")
        .setTopCol("top")
        .setTop(top);
  }

  private String nameOf(Further column) {
    return further.contains(column) ? column.column() : "";
  }

  private Dataset<Row> predicted(
      Dataset<Row> rows, ConvoyClassificationModel stage, PredictionInput input) {
    Dataset<Row> predicted = stage.transform(rows);
    for (Further each : List.of(Further.LOGITS, Further.PROBABILITIES)) {
      if (further.contains(each)) {
        predicted =
            predicted.withColumn(each.column(), vector_to_array(col(each.column()), "float32"));
      }
    }
    boolean bytes = rows.schema().apply(input.imageColumn()).dataType() instanceof BinaryType;
    return bytes ? predicted.drop(input.imageColumn()) : predicted;
  }

  /** What decides the table's content. */
  private Map<String, Object> request(ConvoyClassificationModel stage, PredictionInput input) {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("weights_sha256", stage.weightsSha256());
    request.put("inputs", inputs);
    request.put("format", format);
    request.put("image_column", input.imageColumn());
    request.put("precision", stage.getPrecision());
    request.put("top", top);
    request.put("columns", new TreeSet<>(further).stream().map(Further::column).toList());
    request.put("parts", input.parts());
    request.put("input_sha256", input.version());
    return request;
  }

  /**
   * What was written.
   *
   * @param badImages those that did not decode
   * @param imagesPerSecond over all executors, of the images that this run predicted
   */
  public record Result(long images, long badImages, double imagesPerSecond) {}
}
