package org.convoy.ml;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.convoy.artifact.Sha256;

/**
 * What identifies the content of a table: its snapshot, or the names, lengths and times of its
 * files. A source that tells neither is hashed row by row.
 *
 * @param files of the table, in the order of their names; none if the source tells none, or a
 *     snapshot says enough
 * @param sha256 the digest
 */
record TableVersion(List<FileStatus> files, String sha256) {

  /**
   * The version of a table now.
   *
   * @param columns what counts of a table that tells no files
   */
  static TableVersion of(Dataset<Row> table, String... columns) throws IOException {
    Configuration hadoop = table.sparkSession().sparkContext().hadoopConfiguration();
    String[] names = table.inputFiles();
    if (names.length == 0) {
      return new TableVersion(List.of(), Sha256.of(contentOf(table, columns)));
    }
    Arrays.sort(names);
    FileStatus[] files = new FileStatus[names.length];
    StringBuilder listing = new StringBuilder();
    for (int i = 0; i < files.length; i++) {
      Path path = new Path(URI.create(names[i]));
      files[i] = path.getFileSystem(hadoop).getFileStatus(path);
      listing
          .append(path)
          .append('\n')
          .append(files[i].getLen())
          .append('\n')
          .append(files[i].getModificationTime())
          .append('\n');
    }
    return new TableVersion(List.of(files), Sha256.of(listing.toString()));
  }

  /** The number of rows and the sum of their hashes, whatever their order. */
  private static String contentOf(Dataset<Row> table, String... columns) {
    Column[] read = Arrays.stream(columns).map(name -> col(name)).toArray(Column[]::new);
    Column hash = xxhash64(read).cast("decimal(38,0)");
    return table.agg(count(lit(1)), sum(hash)).head().mkString(" ");
  }
}
