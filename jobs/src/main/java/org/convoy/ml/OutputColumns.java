package org.convoy.ml;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The schemas of what a stage reads and writes. */
final class OutputColumns {
  private OutputColumns() {}

  /**
   * The schema with the columns of predictions behind those that are there. A column with an empty
   * name is left out.
   *
   * @throws IllegalArgumentException if the column of images is missing or of another type, or a
   *     column to be written exists
   */
  static StructType add(StructType schema, ImageColumns<?> stage) {
    requireImages(schema, stage.getImageCol());
    List<StructField> fields = new ArrayList<>(Arrays.asList(schema.fields()));
    for (Column each : Column.values()) {
      String name = each.name(stage);
      if (name.isEmpty()) {
        continue;
      }
      if (fields.stream().anyMatch(field -> field.name().equals(name))) {
        throw new IllegalArgumentException("column " + name + " exists already");
      }
      fields.add(new StructField(name, each.type, true, Metadata.empty()));
    }
    return new StructType(fields.toArray(new StructField[0]));
  }

  static void requireImages(StructType schema, String name) {
    DataType type = schema.apply(name).dataType();
    if (!(type instanceof BinaryType || type instanceof StringType)) {
      throw new IllegalArgumentException(
          "column "
              + name
              + ": expected binary (the bytes of image files) or string (their locations), got "
              + type.simpleString());
    }
  }

  /** The columns that a model writes, in order. */
  enum Column {
    RAW_PREDICTION(SQLDataTypes.VectorType()),
    PROBABILITY(SQLDataTypes.VectorType()),
    PREDICTION(DataTypes.DoubleType),
    PREDICTED_LABEL(DataTypes.StringType),
    TOP(
        DataTypes.createArrayType(
            new StructType()
                .add("label", DataTypes.StringType)
                .add("probability", DataTypes.DoubleType))),
    EMBEDDING(DataTypes.createArrayType(DataTypes.FloatType, false)),
    ERROR(DataTypes.StringType);

    private final DataType type;

    Column(DataType type) {
      this.type = type;
    }

    String name(ImageColumns<?> stage) {
      return switch (this) {
        case RAW_PREDICTION -> stage.getRawPredictionCol();
        case PROBABILITY -> stage.getProbabilityCol();
        case PREDICTION -> stage.getPredictionCol();
        case PREDICTED_LABEL -> stage.getPredictedLabelCol();
        case TOP -> stage.getTopCol();
        case EMBEDDING -> stage.getEmbeddingCol();
        case ERROR -> stage.getErrorCol();
      };
    }
  }
}
