package org.convoy.ml;

import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;

/** The parameters of a {@link ConvoyClassifier} that say what is trained and how. */
public final class ClassifierParams {
  final Param<String> label;
  final Param<String> validationIndicator;
  final Param<String> network;
  final Param<String> recipe;
  final StringArrayParam settings;
  final IntParam imageSize;
  final IntParam epochs;
  final DoubleParam learningRate;
  final LongParam seed;
  final IntParam executors;
  final Param<String> output;

  ClassifierParams(Params stage) {
    label = new Param<>(stage, "labelCol", "classes: names, or numbers from 0");
    validationIndicator =
        new Param<>(
            stage,
            "validationIndicatorCol",
            "true for a row that the network is validated with and not trained; empty: none is");
    network = new Param<>(stage, "network", "a name from the list of convoy models");
    recipe =
        new Param<>(
            stage, "recipe", "a recipe's file on this machine; empty: the defaults of recipes");
    settings = new StringArrayParam(stage, "settings", "keys of the recipe, each as KEY=VALUE");
    imageSize =
        new IntParam(
            stage,
            "imageSize",
            "height and width of the network's input; not set: the network's own",
            ParamValidators.gtEq(1));
    epochs = new IntParam(stage, "epochs", "passes over the images", ParamValidators.gtEq(1));
    learningRate =
        new DoubleParam(
            stage, "learningRate", "the schedule's learning rate", ParamValidators.gt(0));
    seed = new LongParam(stage, "seed", "the only seed of a run");
    executors =
        new IntParam(
            stage,
            "executors",
            "executors that take part; 0: all, as far as there are micro-batches",
            ParamValidators.gtEq(0));
    output =
        new Param<>(
            stage,
            "output",
            "the folder of runs, on a file system that all executors reach: each fit adds one");
    stage.setDefault(label, "label");
    stage.setDefault(validationIndicator, "");
    stage.setDefault(network, "resnet50");
    stage.setDefault(recipe, "");
    stage.setDefault(settings, new String[0]);
    stage.setDefault(executors, 0);
  }
}
