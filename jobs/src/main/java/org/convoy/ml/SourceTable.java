package org.convoy.ml;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.convoy.artifact.Sha256;

/**
 * A table of Spark SQL as it is now. A table of Iceberg stays as it is: its current snapshot is
 * read, whatever is written meanwhile.
 *
 * @param rows of the table
 * @param snapshot of Iceberg; empty for other sources, and for a table that nobody has written to
 */
record SourceTable(Dataset<Row> rows, Optional<Long> snapshot) {
  /** The format of tables that a catalog of the session knows by name. */
  static final String CATALOG = "table";

  private static final String ICEBERG = "iceberg";

  /** Iceberg's own branch of what readers see. */
  private static final String MAIN = "name = 'main'";

  /**
   * Opens a table.
   *
   * @param format as Spark SQL names its source, or {@link #CATALOG}
   * @param names locations, or the table's name in a catalog
   */
  static SourceTable open(SparkSession spark, String format, String... names) {
    if (names.length == 1 && format.equals(CATALOG)) {
      return named(spark, names[0]);
    }
    if (names.length == 1 && format.equals(ICEBERG)) {
      DataFrameReader reader = spark.read().format(ICEBERG);
      Optional<Long> snapshot = snapshot(reader.load(names[0] + "#refs"));
      return new SourceTable(at(reader, snapshot).load(names[0]), snapshot);
    }
    return new SourceTable(spark.read().format(format).load(names), Optional.empty());
  }

  private static SourceTable named(SparkSession spark, String name) {
    Dataset<Row> rows = spark.table(name);
    List<Row> provider =
        spark
            .sql("describe table extended " + name)
            .where("col_name = 'Provider'")
            .select("data_type")
            .collectAsList();
    if (provider.isEmpty() || !provider.get(0).getString(0).equalsIgnoreCase(ICEBERG)) {
      return new SourceTable(rows, Optional.empty());
    }
    Optional<Long> snapshot = snapshot(spark.table(name + ".refs"));
    return new SourceTable(at(spark.read(), snapshot).table(name), snapshot);
  }

  private static Optional<Long> snapshot(Dataset<Row> references) {
    return references.where(MAIN).select("snapshot_id").collectAsList().stream()
        .map(row -> row.getLong(0))
        .findFirst();
  }

  private static DataFrameReader at(DataFrameReader reader, Optional<Long> snapshot) {
    return snapshot.map(id -> reader.option("snapshot-id", id)).orElse(reader);
  }

  /**
   * What identifies the table's content.
   *
   * @param columns what counts of a table that tells neither a snapshot nor files
   */
  TableVersion version(String... columns) throws IOException {
    return snapshot.isPresent()
        ? new TableVersion(List.of(), Sha256.of("snapshot " + snapshot.get()))
        : TableVersion.of(rows, columns);
  }
}
