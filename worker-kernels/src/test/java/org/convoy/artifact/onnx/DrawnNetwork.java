package org.convoy.artifact.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.convoy.artifact.ModelManifest;
import org.convoy.artifact.SavedModel;
import org.convoy.graph.Graph;
import org.convoy.graph.GraphException;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.image.transform.Preprocessing;
import org.convoy.kernels.Backends;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.models.Models;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A network of the registry for small images, with drawn weights, and what it computes. */
final class DrawnNetwork {
  /** How far another program may be from Convoy, of the largest logit. */
  static final double TOLERANCE = 1e-4;

  static final int CLASSES = 10;

  private DrawnNetwork() {}

  /** The model for an image of at most 64 pixels, or 96 where its windows need them. */
  static Graph small(Models.Model model) {
    try {
      return withSide(model, 64);
    } catch (GraphException tooSmall) {
      return withSide(model, 96);
    }
  }

  private static Graph withSide(Models.Model model, int most) {
    int side = Math.min(most, model.input().dimension(1));
    return model.build(Shape.of(model.input().channels(), side, side), CLASSES);
  }

  /** The network at another resolution; empty if it fits one alone. */
  static Optional<Graph> larger(Graph graph) {
    Shape input = graph.inputShape();
    int side = input.dimension(1);
    try {
      return Optional.of(graph.at(Shape.of(input.channels(), side + 11, side + 3)));
    } catch (GraphException oneResolution) {
      return Optional.empty();
    }
  }

  static SavedModel saved(Graph graph, INDArray weights) {
    Shape input = graph.inputShape();
    Preprocessing preprocessing =
        Preprocessing.named(
            "none", "cifar10", input.channels(), input.dimension(1), input.dimension(2));
    return new SavedModel(
        graph,
        weights,
        IntStream.range(0, CLASSES).mapToObj(i -> "class " + i).toList(),
        preprocessing.evaluationOnly().toJson(),
        new ModelManifest.Origin("epochs = 1", "test", "cafe", Map.of()));
  }

  /** Weights that keep sums near 1; scales and variances about 1. */
  static INDArray weights(Graph graph) {
    Parameters layout = Parameters.of(graph);
    INDArray flat = Nd4j.createUninitialized(DataType.FLOAT, layout.length());
    FloatBuffer values = flat.data().asNioFloat();
    SplittableRandom random = new SplittableRandom(1);
    for (Parameter tensor : layout.all()) {
      double fanIn = (double) tensor.length() / tensor.shape().dimension(0);
      double centre = 0;
      double spread = 0.1;
      switch (tensor.kind()) {
        case WEIGHT -> spread = Math.sqrt(3 / fanIn);
        case NORM_SCALE -> centre = 0.7;
        case RUNNING_STATISTIC -> centre = tensor.name().endsWith("var") ? 1 : 0;
        case BIAS, NORM_SHIFT, SLOPE -> {}
      }
      for (long i = tensor.offset(); i < tensor.end(); i++) {
        values.put((int) i, (float) (centre + spread * (2 * random.nextDouble() - 1)));
      }
    }
    return flat;
  }

  static INDArray images(Shape shape, int batch) {
    INDArray images = Nd4j.createUninitialized(DataType.FLOAT, shape.batched(batch));
    FloatBuffer values = images.data().asNioFloat();
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < images.length(); i++) {
      values.put(i, (float) (4 * random.nextDouble() - 2));
    }
    return images;
  }

  static float[] logits(SavedModel saved, INDArray images) {
    try (Plan plan =
        Backends.get("onednn")
            .compile(saved.graph(), PlanRequest.inference((int) images.size(0)))) {
      plan.bind(saved.weights(), saved.weights());
      plan.input().assign(images);
      plan.forward(0);
      return plan.output().ravel().toFloatVector();
    }
  }

  /** The largest difference of two rows of logits, of the largest logit. */
  static double deviation(float[] expected, float[] got, String what) {
    assertEquals(expected.length, got.length, what);
    double largest = 0;
    double furthest = 0;
    for (int i = 0; i < got.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      furthest = Math.max(furthest, Math.abs((double) got[i] - expected[i]));
    }
    assertTrue(largest > 0 && Double.isFinite(furthest), what + ": logits that say nothing");
    return furthest / largest;
  }
}
