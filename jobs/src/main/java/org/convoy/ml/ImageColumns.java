package org.convoy.ml;

import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/**
 * A stage with the columns of {@link ColumnParams}.
 *
 * @param <S> the stage, which setters return
 */
public interface ImageColumns<S extends Params> extends Params {
  /** The parameters. */
  ColumnParams columns();

  /** This stage. */
  S self();

  default Param<String> imageCol() {
    return columns().image;
  }

  default String getImageCol() {
    return getOrDefault(imageCol());
  }

  default S setImageCol(String value) {
    set(imageCol(), value);
    return self();
  }

  default Param<String> predictionCol() {
    return columns().prediction;
  }

  default String getPredictionCol() {
    return getOrDefault(predictionCol());
  }

  default S setPredictionCol(String value) {
    set(predictionCol(), value);
    return self();
  }

  default Param<String> predictedLabelCol() {
    return columns().predictedLabel;
  }

  default String getPredictedLabelCol() {
    return getOrDefault(predictedLabelCol());
  }

  default S setPredictedLabelCol(String value) {
    set(predictedLabelCol(), value);
    return self();
  }

  default Param<String> probabilityCol() {
    return columns().probability;
  }

  default String getProbabilityCol() {
    return getOrDefault(probabilityCol());
  }

  default S setProbabilityCol(String value) {
    set(probabilityCol(), value);
    return self();
  }

  default Param<String> rawPredictionCol() {
    return columns().rawPrediction;
  }

  default String getRawPredictionCol() {
    return getOrDefault(rawPredictionCol());
  }

  default S setRawPredictionCol(String value) {
    set(rawPredictionCol(), value);
    return self();
  }

  default Param<String> errorCol() {
    return columns().error;
  }

  default String getErrorCol() {
    return getOrDefault(errorCol());
  }

  default S setErrorCol(String value) {
    set(errorCol(), value);
    return self();
  }

  default Param<String> topCol() {
    return columns().top;
  }

  default String getTopCol() {
    return getOrDefault(topCol());
  }

  default S setTopCol(String value) {
    set(topCol(), value);
    return self();
  }

  default Param<String> embeddingCol() {
    return columns().embedding;
  }

  default String getEmbeddingCol() {
    return getOrDefault(embeddingCol());
  }

  default S setEmbeddingCol(String value) {
    set(embeddingCol(), value);
    return self();
  }
}
