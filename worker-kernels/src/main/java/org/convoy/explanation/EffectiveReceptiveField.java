package org.convoy.explanation;

import java.io.IOException;
import java.util.Map;
import org.convoy.graph.Shape;
import org.convoy.graph.Subgraphs;

/**
 * The effective receptive field (Luo et al. 2016, section 2): the absolute gradient of the centre
 * of a layer's feature maps, summed over their channels, with respect to each position of the
 * image. It has nothing to do with a class. The mean over many images is the network's.
 *
 * @param layer a layer of feature maps through which all paths go; empty: the last one
 */
public record EffectiveReceptiveField(String layer) implements Explanation {
  static final String NAME = "receptive-field";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Explainer open(ImageNetwork network) throws IOException {
    int node = network.featureMaps(layer);
    return new Centre(
        network,
        network.graph().nodes().get(node).shape(),
        network.differentiable(Subgraphs.upTo(network.graph(), node), 1));
  }

  private record Centre(ImageNetwork network, Shape maps, Computation features)
      implements Explainer {

    @Override
    public Attribution explain(float[] image, int label) {
      int positions = Math.toIntExact(maps.positions());
      int centre = maps.dimension(1) / 2 * maps.dimension(2) + maps.dimension(2) / 2;
      float[] ones = new float[features.outputs()];
      for (int c = 0; c < maps.channels(); c++) {
        ones[c * positions + centre] = 1;
      }
      features.forward(image);
      float[] gradient = features.inputGradient(ones, 1);
      float[] values = new float[network.positions()];
      for (int i = 0; i < gradient.length; i++) {
        values[i % values.length] += Math.abs(gradient[i]);
      }
      return Attribution.of(
          network.preprocessing().height(),
          network.preprocessing().width(),
          values,
          Map.of(FieldMean.SIDE, FieldMean.side(values)));
    }

    @Override
    public void close() {
      features.close();
    }
  }
}
