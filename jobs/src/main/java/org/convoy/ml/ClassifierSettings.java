package org.convoy.ml;

import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;

/**
 * A stage with the settings of {@link ClassifierParams}.
 *
 * @param <S> the stage, which setters return
 */
public interface ClassifierSettings<S extends Params> extends Params {
  /** The parameters. */
  ClassifierParams classifierParams();

  /** This stage. */
  S self();

  default Param<String> labelCol() {
    return classifierParams().label;
  }

  default String getLabelCol() {
    return getOrDefault(labelCol());
  }

  default S setLabelCol(String value) {
    set(labelCol(), value);
    return self();
  }

  default Param<String> validationIndicatorCol() {
    return classifierParams().validationIndicator;
  }

  default String getValidationIndicatorCol() {
    return getOrDefault(validationIndicatorCol());
  }

  default S setValidationIndicatorCol(String value) {
    set(validationIndicatorCol(), value);
    return self();
  }

  default Param<String> network() {
    return classifierParams().network;
  }

  default String getNetwork() {
    return getOrDefault(network());
  }

  default S setNetwork(String value) {
    set(network(), value);
    return self();
  }

  default Param<String> recipe() {
    return classifierParams().recipe;
  }

  default String getRecipe() {
    return getOrDefault(recipe());
  }

  default S setRecipe(String value) {
    set(recipe(), value);
    return self();
  }

  default StringArrayParam settings() {
    return classifierParams().settings;
  }

  default String[] getSettings() {
    return getOrDefault(settings());
  }

  default S setSettings(String[] value) {
    set(settings(), value);
    return self();
  }

  default IntParam imageSize() {
    return classifierParams().imageSize;
  }

  default int getImageSize() {
    return (int) getOrDefault(imageSize());
  }

  default S setImageSize(int value) {
    set(imageSize(), value);
    return self();
  }

  default IntParam epochs() {
    return classifierParams().epochs;
  }

  default int getEpochs() {
    return (int) getOrDefault(epochs());
  }

  default S setEpochs(int value) {
    set(epochs(), value);
    return self();
  }

  default DoubleParam learningRate() {
    return classifierParams().learningRate;
  }

  default double getLearningRate() {
    return (double) getOrDefault(learningRate());
  }

  default S setLearningRate(double value) {
    set(learningRate(), value);
    return self();
  }

  default LongParam seed() {
    return classifierParams().seed;
  }

  default long getSeed() {
    return (long) getOrDefault(seed());
  }

  default S setSeed(long value) {
    set(seed(), value);
    return self();
  }

  default IntParam executors() {
    return classifierParams().executors;
  }

  default int getExecutors() {
    return (int) getOrDefault(executors());
  }

  default S setExecutors(int value) {
    set(executors(), value);
    return self();
  }

  default Param<String> output() {
    return classifierParams().output;
  }

  default String getOutput() {
    return getOrDefault(output());
  }

  default S setOutput(String value) {
    set(output(), value);
    return self();
  }
}
