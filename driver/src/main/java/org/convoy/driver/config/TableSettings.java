package org.convoy.driver.config;

import java.io.Serializable;
import org.convoy.settings.Checks;

/**
 * A data set whose splits are tables of Spark SQL: {@code data.train} and {@code data.validation}
 * name tables below {@code data.uri}. They are copied once, beside the run.
 *
 * @param format as Spark SQL names its sources, for example parquet, orc, delta or iceberg; table:
 *     the splits are names in the catalog or namespace that {@code data.uri} names; empty: the data
 *     set is not a table
 * @param imageColumn the column of images: the bytes of image files, or their locations
 * @param labelColumn the column of classes: names, or numbers from 0
 */
public record TableSettings(String format, String imageColumn, String labelColumn)
    implements Serializable {

  /** Checks the rules. */
  public TableSettings {
    new Checks()
        .present("image-column", imageColumn, "the table's column of images")
        .present("label-column", labelColumn, "the table's column of classes")
        .done();
  }

  /** Whether the data set is a table. */
  public boolean wanted() {
    return !format.isEmpty();
  }
}
