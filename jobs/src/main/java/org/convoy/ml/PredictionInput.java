package org.convoy.ml;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.convoy.artifact.Sha256;
import org.convoy.driver.data.ImageFile;

/**
 * The images of a {@link TablePrediction}, cut into parts by their files alone. A table whose files
 * cannot be read one by one is one part.
 *
 * @param whole the table; of images, their locations
 * @param imageColumn the column of images
 * @param files of each part
 * @param format of the files; empty: they are images
 * @param base the folder of a table's files
 * @param version a digest of names, lengths and times of all files
 */
record PredictionInput(
    Dataset<Row> whole,
    String imageColumn,
    List<List<String>> files,
    String format,
    String base,
    String version) {
  private static final String PATH = "path";

  /** Formats whose files are tables of their own. */
  private static final Set<String> FILES_ALONE = Set.of("parquet", "orc", "avro", "json");

  /**
   * How large a part is.
   *
   * @param images files of images
   * @param bytes of a table's files; a larger file is a part of its own
   */
  record Limits(int images, long bytes) {
    static final Limits STANDARD = new Limits(1 << 15, 4L << 30);
  }

  static PredictionInput of(TablePrediction request, SparkSession spark, Limits limits)
      throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    return request.format().isEmpty()
        ? images(request, spark, hadoop, limits)
        : table(request, spark, limits);
  }

  private static PredictionInput images(
      TablePrediction request, SparkSession spark, Configuration hadoop, Limits limits)
      throws IOException {
    List<String> paths = new ArrayList<>();
    StringBuilder listing = new StringBuilder();
    for (String each : request.inputs()) {
      for (ImageFile file : ImageFile.list(each, hadoop)) {
        paths.add(file.uri());
        listing.append(file.uri()).append('\n').append(file.length()).append('\n');
      }
    }
    List<List<String>> parts = new ArrayList<>();
    for (int from = 0; from < paths.size(); from += limits.images) {
      parts.add(paths.subList(from, Math.min(paths.size(), from + limits.images)));
    }
    Dataset<Row> whole = spark.createDataset(paths, Encoders.STRING()).toDF(PATH);
    return new PredictionInput(whole, PATH, parts, "", "", Sha256.of(listing.toString()));
  }

  private static PredictionInput table(TablePrediction request, SparkSession spark, Limits limits)
      throws IOException {
    SourceTable source =
        SourceTable.open(spark, request.format(), request.inputs().toArray(String[]::new));
    TableVersion version = source.version(request.imageColumn());
    List<List<String>> parts = new ArrayList<>();
    long bytes = 0;
    for (FileStatus file : version.files()) {
      if (parts.isEmpty() || bytes + file.getLen() > limits.bytes) {
        parts.add(new ArrayList<>());
        bytes = 0;
      }
      parts.get(parts.size() - 1).add(file.getPath().toString());
      bytes += file.getLen();
    }
    boolean alone = FILES_ALONE.contains(request.format()) && request.inputs().size() == 1;
    return new PredictionInput(
        source.rows(),
        request.imageColumn(),
        alone && parts.size() > 1 ? parts : List.of(List.of()),
        request.format(),
        request.inputs().get(0),
        version.sha256());
  }

  /** The number of parts. */
  int parts() {
    return files.size();
  }

  /** The rows of a part. */
  Dataset<Row> part(int number) {
    if (files.size() == 1) {
      return whole;
    }
    SparkSession spark = whole.sparkSession();
    List<String> paths = files.get(number);
    return format.isEmpty()
        ? spark.createDataset(paths, Encoders.STRING()).toDF(PATH)
        : spark
            .read()
            .format(format)
            .schema(whole.schema())
            .option("basePath", base)
            .load(paths.toArray(String[]::new));
  }
}
