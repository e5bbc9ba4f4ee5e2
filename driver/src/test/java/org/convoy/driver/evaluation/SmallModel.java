package org.convoy.driver.evaluation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.convoy.artifact.LocalStore;
import org.convoy.artifact.ModelManifest;
import org.convoy.artifact.SavedModel;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.image.shapes.ShapeKind;
import org.convoy.image.transform.Preprocessing;
import org.convoy.models.Models;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A ResNet-20 as it is initialised, saved as a model. */
final class SmallModel {
  private SmallModel() {}

  /** The names of its classes. */
  static List<String> labels() {
    return Stream.of(ShapeKind.values()).map(ShapeKind::label).toList();
  }

  /** Saves it as {@code model} in a folder. */
  static void save(Path folder) throws IOException {
    Graph graph = Models.get("resnet20").build(Shape.of(3, 32, 32), labels().size());
    try (INDArray weights = Parameters.of(graph).initialize(3, DataType.FLOAT)) {
      new SavedModel(
              graph,
              weights,
              labels(),
              Preprocessing.named("pad-crop-flip", "cifar10", 3, 32, 32).evaluationOnly().toJson(),
              new ModelManifest.Origin("", "test", "", Map.of()))
          .save(new LocalStore(folder), "model");
    }
  }
}
