package org.convoy.ml;

import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.ForeachPartitionFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;
import org.convoy.driver.data.ImageFile;
import org.convoy.driver.packing.SampleTar;

/**
 * Writes the rows of each partition, an image and its class, as a tar as WebDataset has them:
 * {@code part-00000.tar} of partition 0 and on. A tar appears whole or not at all.
 *
 * @param folder of the tars, a Hadoop path
 */
record PackedImages(String folder, SerializableConfiguration hadoop)
    implements ForeachPartitionFunction<Row> {

  @Override
  public void call(Iterator<Row> rows) throws IOException {
    if (!rows.hasNext()) {
      return;
    }
    TaskContext task = TaskContext.get();
    String name = String.format(Locale.ROOT, "part-%05d.tar", task.partitionId());
    Path place = new Path(folder, name);
    Path beside = new Path(folder, "." + name + "." + task.taskAttemptId());
    FileSystem files = place.getFileSystem(hadoop.value());
    try {
      try (SampleTar tar = new SampleTar(files.create(beside, true))) {
        for (long number = 0; rows.hasNext(); number++) {
          write(tar, number, rows.next(), name);
        }
      }
      // The tasks of one partition write the same bytes, so the first one to finish decides.
      if (!files.rename(beside, place) && !files.exists(place)) {
        throw new IOException("cannot rename " + beside + " to " + place);
      }
    } finally {
      files.delete(beside, false);
    }
  }

  private void write(SampleTar tar, long number, Row row, String shard) throws IOException {
    if (row.isNullAt(0) || row.isNullAt(1)) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "row %d of %s has no %s: expected a value",
              number,
              shard,
              row.isNullAt(0) ? "image" : "label"));
    }
    byte[] image =
        row.get(0) instanceof byte[] bytes
            ? bytes
            : new ImageFile(row.getString(0), 0).read(hadoop.value());
    String key = String.format(Locale.ROOT, "%08d", number);
    tar.add(key, image, row.getString(1));
  }
}
