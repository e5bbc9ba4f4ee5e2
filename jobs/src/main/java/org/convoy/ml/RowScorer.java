package org.convoy.ml;

import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.SerializableConfiguration;
import org.convoy.driver.data.ImageFile;
import org.convoy.driver.evaluation.SharedModels;
import org.convoy.driver.spark.TaskGpu;
import org.convoy.inference.ConvoyModel;
import org.convoy.inference.ImageScores;
import org.convoy.inference.InferenceOptions;
import org.jspecify.annotations.Nullable;

/**
 * Adds predictions to the rows of a partition. The tasks of an executor share one model, which
 * computes on the executor's GPU if it has one.
 *
 * @param image the position of the column of images
 * @param top the number of classes in the column of the most probable ones
 * @param columns what to add, in order
 */
record RowScorer(
    String location,
    String weightsSha256,
    InferenceOptions options,
    int image,
    int top,
    List<OutputColumns.Column> columns,
    SerializableConfiguration hadoop)
    implements MapPartitionsFunction<Row, Row> {

  @Override
  public Iterator<Row> call(Iterator<Row> rows) throws IOException {
    TaskContext task = TaskContext.get();
    SharedModels.Lent lent =
        SharedModels.lend(
            location,
            weightsSha256,
            options,
            columns.contains(OutputColumns.Column.EMBEDDING),
            TaskGpu.of(task),
            hadoop.value());
    ScoredRows scored = new ScoredRows(this, rows, lent.model(), task.cpus());
    task.addTaskCompletionListener(
        ended -> {
          scored.close();
          lent.close();
        });
    return scored;
  }

  /** The bytes of a row's image; none where there is null. */
  byte[] read(Row row) throws IOException {
    Configuration files = hadoop.value();
    Object value = row.get(image);
    if (value == null) {
      return new byte[0];
    }
    return value instanceof byte[] bytes ? bytes : new ImageFile((String) value, 0).read(files);
  }

  /** A row with its predictions. */
  Row with(Row row, ImageScores scores, ConvoyModel model) {
    Object[] values = new Object[row.size() + columns.size()];
    for (int i = 0; i < row.size(); i++) {
      values[i] = row.get(i);
    }
    for (int i = 0; i < columns.size(); i++) {
      values[row.size() + i] = value(columns.get(i), scores, model);
    }
    return RowFactory.create(values);
  }

  private @Nullable Object value(
      OutputColumns.Column column, ImageScores scores, ConvoyModel model) {
    if (column == OutputColumns.Column.ERROR) {
      return scores.refusal().orElse(null);
    }
    if (!scores.isDecoded()) {
      return null;
    }
    float[] logits = scores.logits();
    return switch (column) {
      case RAW_PREDICTION -> {
        double[] wide = new double[logits.length];
        for (int i = 0; i < wide.length; i++) {
          wide[i] = logits[i];
        }
        yield Vectors.dense(wide);
      }
      case PROBABILITY -> Vectors.dense(model.probabilities(scores));
      case PREDICTION -> (double) scores.best();
      case PREDICTED_LABEL -> model.labels().get(scores.best());
      case TOP ->
          model.predictions(scores, top).stream()
              .map(each -> RowFactory.create(model.labels().get(each.label()), each.probability()))
              .toArray(Row[]::new);
      case EMBEDDING -> boxed(scores.embedding());
      case ERROR -> null;
    };
  }

  /** Spark's rows take arrays of objects. */
  private static Float[] boxed(float[] values) {
    Float[] boxed = new Float[values.length];
    Arrays.setAll(boxed, i -> values[i]);
    return boxed;
  }
}
