package org.convoy.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.convoy.graph.Draws;
import org.convoy.graph.Dropout;
import org.convoy.graph.Graph;
import org.convoy.graph.GraphException;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Subgraphs;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Backends;
import org.convoy.kernels.DropoutMask;
import org.convoy.kernels.GradientListener;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Masked autoencoders of ConvNeXts. */
final class SparseAutoencoderTest {
  private static final Backend BACKEND = Backends.get("onednn");
  private static final int PATCH = 32;
  private static final long KEY = 11;

  /** Of four patches one is visible. */
  private static final double RATIO = 0.7;

  private static final Graph NETWORK =
      Models.get("convnextv2_atto").build(Shape.of(3, 2 * PATCH, 2 * PATCH), 10);
  private static final Graph AUTOENCODER = SparseAutoencoder.of(NETWORK, RATIO, 24);

  private static int visiblePatch() {
    DropoutMask mask = new DropoutMask(Dropout.patch(RATIO, 1), "test", 1, 1, 2, 2);
    FloatBuffer factors = FloatBuffer.allocate(4);
    mask.draw(KEY, factors);
    for (int patch = 0; patch < 4; patch++) {
      if (factors.get(patch) == 1) {
        return patch;
      }
    }
    throw new AssertionError("no patch is visible");
  }

  private static INDArray image(String name, int side) {
    INDArray image = Nd4j.create(DataType.FLOAT, 1, 3, side, side);
    Draws draws = new Draws(1, name);
    for (long i = 0; i < image.length(); i++) {
      image.data().put(i, draws.normal(i));
    }
    return image;
  }

  /** Tensors that are all different from zero, those of response norms too. */
  private static INDArray parameters(Graph graph) {
    INDArray flat = Nd4j.create(DataType.FLOAT, Parameters.of(graph).length());
    for (Parameter each : Parameters.of(graph).all()) {
      Draws draws = new Draws(2, each.name());
      INDArray view = Parameters.of(graph).view(flat, each);
      INDArray values = Nd4j.create(DataType.FLOAT, view.shape());
      for (long i = 0; i < values.length(); i++) {
        values.data().put(i, 0.2 * draws.normal(i));
      }
      view.assign(values);
    }
    return flat;
  }

  private static INDArray patch(INDArray image, int number) {
    int top = number / 2 * PATCH;
    int left = number % 2 * PATCH;
    return image.get(
        NDArrayIndex.all(),
        NDArrayIndex.all(),
        NDArrayIndex.interval(top, top + PATCH),
        NDArrayIndex.interval(left, left + PATCH));
  }

  private static INDArray forward(Graph graph, INDArray image, PlanRequest request) {
    INDArray parameters = parameters(graph);
    try (Plan plan = BACKEND.compile(graph, request)) {
      plan.bind(parameters, parameters.like());
      plan.input().assign(image);
      plan.forward(KEY);
      return plan.output().dup();
    }
  }

  @Test
  void nothingOfWhatIsHiddenIsSeen() {
    INDArray image = image("image", 2 * PATCH);
    INDArray seen = forward(AUTOENCODER, image, PlanRequest.training(1));
    assertEquals(List.of(1L, 3L * PATCH * PATCH, 2L, 2L), boxed(seen.shape()));
    int visible = visiblePatch();
    for (int patch = 0; patch < 4; patch++) {
      INDArray changed = image.dup();
      patch(changed, patch).assign(5);
      INDArray then = forward(AUTOENCODER, changed, PlanRequest.training(1));
      assertEquals(patch != visible, seen.equals(then), "patch " + patch);
    }
    assertNotEquals(seen, forward(AUTOENCODER, image, PlanRequest.inference(1)));
  }

  /** A sparse convolution of one visible patch is the plain one of an image of that patch alone. */
  @Test
  void whatIsVisibleHasTheValuesOfASparseConvolution() {
    INDArray image = image("image", 2 * PATCH);
    int visible = visiblePatch();
    int last =
        AUTOENCODER.nodes().stream().map(node -> node.name()).toList().indexOf("decoder.proj") - 1;
    Graph encoder = Subgraphs.upTo(AUTOENCODER, last);
    INDArray features = forward(encoder, image, PlanRequest.training(1));
    Graph small = Subgraphs.withoutDropout(Subgraphs.upTo(encoder, last - 1));
    INDArray alone =
        forward(
            small.at(Shape.of(3, PATCH, PATCH)),
            patch(image, visible).dup('c'),
            PlanRequest.inference(1));
    for (int patch = 0; patch < 4; patch++) {
      for (int c = 0; c < features.size(1); c++) {
        double expected = patch == visible ? alone.getDouble(0, c, 0, 0) : 0;
        double got = features.getDouble(0, c, patch / 2, patch % 2);
        assertEquals(expected, got, 1e-4 * Math.max(1, Math.abs(expected)), "channel " + c);
      }
    }
    assertTrue(alone.norm2Number().doubleValue() > 1, "features are not zero");
  }

  @Test
  void everyTensorGetsAGradient() {
    INDArray parameters = parameters(AUTOENCODER);
    INDArray gradient = parameters.like();
    try (Plan plan = BACKEND.compile(AUTOENCODER, PlanRequest.training(1))) {
      plan.bind(parameters, gradient);
      plan.input().assign(image("image", 2 * PATCH));
      plan.forward(KEY);
      plan.backward(plan.output().dup(), GradientListener.NONE);
    }
    Parameters layout = Parameters.of(AUTOENCODER);
    List<String> without = new ArrayList<>();
    for (Parameter each : layout.all()) {
      double norm = layout.view(gradient, each).norm2Number().doubleValue();
      assertTrue(Double.isFinite(norm), each.name());
      if (norm == 0) {
        without.add(each.name());
      }
    }
    assertEquals(List.of(), without);
  }

  @Test
  void tensorsKeepTheirNames() {
    Parameters own = Parameters.of(NETWORK);
    for (Parameter each : Parameters.of(AUTOENCODER).all()) {
      boolean added = SparseAutoencoder.isDecoder(each.name());
      assertEquals(!added, own.contains(each.name()), each.name());
    }
    assertEquals(
        List.of("head.norm.weight", "head.norm.bias", "head.fc.weight", "head.fc.bias"),
        List.copyOf(SparseAutoencoder.head(NETWORK)));
    assertFalse(Parameters.of(AUTOENCODER).contains("head.fc.weight"));
  }

  @Test
  void otherNetworksAreRefused() {
    refused("got norm in bn1", "resnet18", Shape.of(3, 64, 64));
    refused("whole square patches", "convnextv2_atto", Shape.of(3, 64, 80));
    refused("a global average pool", "vgg11", Shape.of(3, 64, 64));
    GraphException nothing =
        assertThrows(GraphException.class, () -> SparseAutoencoder.of(NETWORK, 0.9, 24));
    assertTrue(nothing.toString().contains("at least one is kept"), nothing::toString);
  }

  private static void refused(String reason, String name, Shape input) {
    Graph network = Models.get(name).build(input, 10);
    GraphException refusal =
        assertThrows(GraphException.class, () -> SparseAutoencoder.of(network, 0.6, 24));
    assertTrue(refusal.toString().contains(reason), refusal::toString);
  }

  private static List<Long> boxed(long[] numbers) {
    List<Long> all = new ArrayList<>();
    for (long each : numbers) {
      all.add(each);
    }
    return all;
  }
}
