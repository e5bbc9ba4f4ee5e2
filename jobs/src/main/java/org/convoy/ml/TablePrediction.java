package org.convoy.ml;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.BinaryType;
import org.convoy.driver.data.ImageFile;

/**
 * Predicts images with a saved model and writes a Parquet table: the columns of the input without
 * the images' bytes, the most probable class, {@code top} with the classes after it, and the error
 * of an image that does not decode. The table appears whole.
 *
 * @param model a saved model's folder
 * @param inputs folders of images or image files; or one table, if there is a format
 * @param format of the table, as Spark SQL names its sources; empty: inputs are images
 * @param imageColumn the table's column of images: bytes, or locations
 * @param output folder of the new table
 * @param top classes for each image
 * @param batch images computed together
 */
public record TablePrediction(
    String model,
    List<String> inputs,
    String format,
    String imageColumn,
    String output,
    int top,
    int batch) {
  private static final String PATH = "path";

  /** Copies the list. */
  public TablePrediction {
    inputs = List.copyOf(inputs);
  }

  /**
   * Predicts and writes.
   *
   * @return what was written
   */
  public Result run(SparkSession spark) throws IOException {
    Dataset<Row> rows =
        format.isEmpty()
            ? images(spark)
            : spark.read().format(format).load(inputs.toArray(String[]::new));
    String image = format.isEmpty() ? PATH : imageColumn;
    Dataset<Row> predicted =
        ConvoyClassificationModel.of(model, spark)
            .setImageCol(image)
            .setBatchSize(batch)
            .setRawPredictionCol("")
            .setProbabilityCol("")
            .setPredictionCol("")
            .setTopCol("top")
            .setTop(top)
            .transform(rows);
    boolean bytes = rows.schema().apply(image).dataType() instanceof BinaryType;
    (bytes ? predicted.drop(image) : predicted).write().parquet(output);
    Dataset<Row> written = spark.read().parquet(output);
    return new Result(written.count(), written.where("error IS NOT NULL").count());
  }

  private Dataset<Row> images(SparkSession spark) throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    List<String> paths = new ArrayList<>();
    for (String each : inputs) {
      ImageFile.list(each, hadoop).forEach(file -> paths.add(file.uri()));
    }
    return spark.createDataset(paths, Encoders.STRING()).toDF(PATH);
  }

  /**
   * What was written.
   *
   * @param badImages those that did not decode
   */
  public record Result(long images, long badImages) {}
}
