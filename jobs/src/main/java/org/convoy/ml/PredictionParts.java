package org.convoy.ml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.convoy.settings.RequestException;

/**
 * The parts of a table that is being written, in the folder {@code .NAME.parts} beside its place,
 * with the request that they belong to. A part is renamed when it is whole.
 */
final class PredictionParts {
  private static final String REQUEST = "request.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final FileSystem files;
  private final Path place;
  private final Path folder;

  private PredictionParts(FileSystem files, Path place) {
    this.files = files;
    this.place = place;
    this.folder = new Path(place.getParent(), "." + place.getName() + ".parts");
  }

  /**
   * Begins, or goes on with what an interrupted run of the same request wrote.
   *
   * @throws RequestException if it was another request
   */
  static PredictionParts open(String output, Map<String, Object> request, Configuration hadoop)
      throws IOException {
    Path place = new Path(output);
    PredictionParts parts = new PredictionParts(place.getFileSystem(hadoop), place);
    Path file = new Path(parts.folder, REQUEST);
    JsonNode wanted = JSON.valueToTree(request);
    if (parts.files.exists(file)) {
      try (InputStream in = parts.files.open(file)) {
        JsonNode began = JSON.readTree(in);
        if (!wanted.equals(began)) {
          throw new RequestException(
              "--out: an interrupted prediction with another model, other images or other options"
                  + " is in "
                  + parts.folder
                  + ": remove it or choose another folder");
        }
      }
    } else {
      parts.files.mkdirs(parts.folder);
      Path beside = new Path(parts.folder, "." + REQUEST);
      try (OutputStream out = parts.files.create(beside, true)) {
        out.write(JSON.writeValueAsBytes(wanted));
      }
      parts.rename(beside, file);
    }
    return parts;
  }

  private Path part(int number) {
    return new Path(folder, String.format(Locale.ROOT, "part-%06d", number));
  }

  boolean has(int number) throws IOException {
    return files.exists(part(number));
  }

  /** How many parts are there. */
  int countOf(int parts) throws IOException {
    int there = 0;
    for (int i = 0; i < parts; i++) {
      there += has(i) ? 1 : 0;
    }
    return there;
  }

  /** How many rows the parts that are there have. */
  long rows(SparkSession spark, int parts) throws IOException {
    long rows = 0;
    for (int i = 0; i < parts; i++) {
      rows += has(i) ? spark.read().parquet(part(i).toString()).count() : 0;
    }
    return rows;
  }

  void write(int number, Dataset<Row> rows) throws IOException {
    Path part = part(number);
    Path beside = new Path(folder, "." + part.getName());
    rows.write().mode(SaveMode.Overwrite).parquet(beside.toString());
    rename(beside, part);
  }

  /** Puts the files of all parts into one folder, the table. */
  void finish(int parts) throws IOException {
    Path table = new Path(folder, "table");
    files.mkdirs(table);
    for (int i = 0; i < parts; i++) {
      for (FileStatus file : files.listStatus(part(i))) {
        String name = file.getPath().getName();
        if (file.isFile() && name.startsWith("part-")) {
          String numbered = String.format(Locale.ROOT, "part-%06d-%s", i, name.substring(5));
          rename(file.getPath(), new Path(table, numbered));
        }
      }
    }
    files.create(new Path(table, "_SUCCESS"), true).close();
    rename(table, place);
    files.delete(folder, true);
  }

  private void rename(Path from, Path to) throws IOException {
    if (!files.rename(from, to)) {
      throw new IOException("cannot rename " + from + " to " + to);
    }
  }
}
