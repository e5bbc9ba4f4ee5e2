package org.convoy.jobs;

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
import org.convoy.image.shapes.ShapesGenerator;
import org.convoy.image.shapes.ShapesSettings;
import org.convoy.image.transform.Preprocessing;
import org.convoy.kernels.NativeMemory;
import org.convoy.models.Models;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A saved, untrained ResNet-20 for the shapes, with a few shapes to evaluate it on. */
final class SmallModel {
  static final int PER_CLASS = 2;

  private SmallModel() {}

  /** Writes {@code model} and {@code shapes/validation/CLASS/0000.jpg} and on. */
  static void write(Path folder) throws IOException {
    NativeMemory.unlimited();
    new ShapesGenerator(new ShapesSettings(0, PER_CLASS, 32, 5)).write(folder.resolve("shapes"));
    List<String> labels = Stream.of(ShapeKind.values()).map(ShapeKind::label).toList();
    Graph graph = Models.get("resnet20").build(Shape.of(3, 32, 32), labels.size());
    try (INDArray weights = Parameters.of(graph).initialize(3, DataType.FLOAT)) {
      new SavedModel(
              graph,
              weights,
              labels,
              Preprocessing.named("none", "cifar10", 3, 32, 32).evaluationOnly().toJson(),
              new ModelManifest.Origin("", "test", "", Map.of()))
          .save(new LocalStore(folder), "model");
    }
  }
}
