package org.convoy.ml;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import java.util.Locale;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.util.SerializableConfiguration;
import org.convoy.driver.monitor.Terminal;

/**
 * A data frame of images and their classes. A class is a name, or a number from 0 as Spark ML has
 * it; numbers must leave none out, so that the network's outputs are in their places.
 *
 * @param image column of images
 * @param label column of classes
 */
record TrainingTable(Dataset<Row> rows, String image, String label) {

  TrainingTable {
    OutputColumns.requireImages(rows.schema(), image);
    if (!isNumeric(rows, label) && !(rows.schema().apply(label).dataType() instanceof StringType)) {
      throw new IllegalArgumentException(
          "column "
              + label
              + ": expected numbers from 0 or strings, got "
              + rows.schema().apply(label).dataType().simpleString());
    }
  }

  private static boolean isNumeric(Dataset<Row> rows, String label) {
    return rows.schema().apply(label).dataType() instanceof NumericType;
  }

  /** The rows for which a column of booleans has this value. */
  TrainingTable where(String indicator, boolean value) {
    Column wanted = value ? col(indicator) : col(indicator).equalTo(false);
    return new TrainingTable(rows.where(wanted), image, label);
  }

  /**
   * Checks the numbers of the classes.
   *
   * @throws IllegalArgumentException if one is not whole, or one is missing
   */
  void checkClasses() {
    if (!isNumeric(rows, label)) {
      return;
    }
    TreeSet<Double> found = new TreeSet<>();
    for (Double each :
        rows.select(col(label).cast("double")).distinct().as(Encoders.DOUBLE()).collectAsList()) {
      if (each == null || each < 0 || each != Math.rint(each)) {
        throw new IllegalArgumentException(
            "column " + label + ": expected whole numbers from 0, got " + each);
      }
      found.add(each);
    }
    int expected = 0;
    for (double each : found) {
      if (each != expected) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "column %s: expected every number from 0 to %.0f, got no %d",
                label,
                found.last(),
                expected));
      }
      expected++;
    }
  }

  /** Writes the images into tars, after a line that says how much that is. */
  void pack(String folder, Terminal terminal) {
    boolean binary = rows.schema().apply(image).dataType() instanceof BinaryType;
    Row size =
        rows.agg(count(lit(1)), sum(binary ? length(col(image)).cast("long") : lit(0L))).head();
    terminal.print(
        String.format(
            Locale.ROOT,
            "writing %d images%s to %s",
            size.getLong(0),
            binary && !size.isNullAt(1)
                ? String.format(Locale.ROOT, ", %.1f MiB,", size.getLong(1) / 1048576.0)
                : "",
            folder));
    Column name = isNumeric(rows, label) ? col(label).cast("long").cast("string") : col(label);
    rows.select(col(image), name)
        .foreachPartition(
            new PackedImages(
                folder,
                new SerializableConfiguration(
                    rows.sparkSession().sparkContext().hadoopConfiguration())));
  }
}
