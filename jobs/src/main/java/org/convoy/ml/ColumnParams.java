package org.convoy.ml;

import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/** The names of the columns that a stage reads and writes. */
public final class ColumnParams {
  final Param<String> image;
  final Param<String> prediction;
  final Param<String> predictedLabel;
  final Param<String> probability;
  final Param<String> rawPrediction;
  final Param<String> error;
  final Param<String> top;
  final Param<String> embedding;

  ColumnParams(Params stage) {
    image =
        column(stage, "imageCol", "image files: their bytes (binary), or their locations", "image");
    prediction =
        column(stage, "predictionCol", "the number of the most probable class", "prediction");
    predictedLabel =
        column(stage, "predictedLabelCol", "the most probable class", "predictedLabel");
    probability = column(stage, "probabilityCol", "a probability for each class", "probability");
    rawPrediction =
        column(stage, "rawPredictionCol", "the network's output for each class", "rawPrediction");
    top =
        column(
            stage, "topCol", "the most probable classes with their probabilities; empty: none", "");
    embedding =
        column(
            stage,
            "embeddingCol",
            "the features that the network's last layer makes outputs of; empty: none",
            "");
    error = column(stage, "errorCol", "why an image did not decode, else null", "error");
  }

  private static Param<String> column(Params stage, String name, String doc, String value) {
    Param<String> param = new Param<>(stage, name, doc);
    stage.setDefault(param, value);
    return param;
  }
}
