package org.convoy.explanation;

import java.io.IOException;
import java.util.Map;
import org.convoy.graph.Node;
import org.convoy.graph.Shape;
import org.convoy.graph.Subgraphs;

/**
 * Gradient-weighted class activation mapping (Selvaraju et al. 2017, equations 1 and 2). The weight
 * of a feature map is the mean over positions of the gradient of the class's output. The result is
 * the positive part of the weighted sum of the maps, resized bilinearly to the image.
 *
 * @param layer a layer of feature maps through which all paths go; empty: the last one
 */
public record GradCam(String layer) implements Explanation {
  static final String NAME = "grad-cam";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Explainer open(ImageNetwork network) throws IOException {
    int node = network.featureMaps(layer);
    Computation features = network.forward(Subgraphs.upTo(network.graph(), node), 1);
    try {
      return new Maps(
          network,
          network.graph().nodes().get(node),
          features,
          network.differentiable(Subgraphs.after(network.graph(), node), 1));
    } catch (IOException | RuntimeException e) {
      features.close();
      throw e;
    }
  }

  /**
   * The network in two parts.
   *
   * @param features from the image to the feature maps
   * @param head from there to the outputs
   */
  private record Maps(ImageNetwork network, Node layer, Computation features, Computation head)
      implements Explainer {

    @Override
    public Attribution explain(float[] image, int label) {
      float[] maps = features.forward(image);
      head.forward(maps);
      float[] gradient = head.inputGradient(head.only(label), 1);
      Shape shape = layer.shape();
      int positions = Math.toIntExact(shape.positions());
      double[] sum = new double[positions];
      for (int c = 0; c < shape.channels(); c++) {
        double weight = 0;
        for (int i = 0; i < positions; i++) {
          weight += gradient[c * positions + i];
        }
        weight /= positions;
        for (int i = 0; i < positions; i++) {
          sum[i] += weight * maps[c * positions + i];
        }
      }
      float[] positive = new float[positions];
      for (int i = 0; i < positions; i++) {
        positive[i] = (float) Math.max(0, sum[i]);
      }
      int height = network.preprocessing().height();
      int width = network.preprocessing().width();
      Plane map = new Plane(shape.dimension(1), shape.dimension(2), positive);
      return Attribution.of(height, width, map.resized(height, width).values(), Map.of());
    }

    @Override
    public void close() {
      features.close();
      head.close();
    }
  }
}
