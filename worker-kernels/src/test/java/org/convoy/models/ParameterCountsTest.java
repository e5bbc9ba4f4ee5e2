package org.convoy.models;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The trained parameters of networks that torchvision does not have, to the last one: as timm,
 * Keras, the pretrained-models collection of Cadene, or the authors' own code counts them. {@link
 * InventoryTest} holds torchvision's.
 */
class ParameterCountsTest {
  @ParameterizedTest
  @CsvSource({
    "nin, 966986",
    "inception_v4, 42679816",
    "inception_resnet_v2, 55843464",
    "xception, 22855952",
    "nasnetamobile, 5289978",
    "nasnetalarge, 88753150",
    "preresnet164, 1703258",
    "preresnet1001, 10327706",
    "preresnet200, 64666280",
    "wide_resnet28_10, 36479194",
    "seresnet50, 28088024",
    "seresnet101, 49326872",
    "seresnet152, 66821848",
    "seresnext50_32x4d, 27559896",
    "seresnext101_32x4d, 48955416",
    "resnet50d, 25576264",
    "resnet101d, 44568392",
    "resnetrs50, 35691912",
    "resnetrs101, 63618696",
    "resnetrs420, 191891656",
    "densenet_bc_40_12, 176122",
    "densenet_bc_100_12, 769162",
    "densenet_bc_190_40, 25624430",
    "densenet_bc_250_24, 15324406",
    "mobilenetv1_100, 4231976",
    "mobilenetv1_025, 470072",
    "mobilenetv4_conv_small, 3774024",
    "mobilenetv4_conv_medium, 9715512",
    "efficientnet_lite0, 4652008",
    "efficientnet_lite4, 13006568",
    "convnext_xlarge, 350196968",
    "convnextv2_atto, 3708400",
    "convnextv2_tiny, 28635496",
    "convnextv2_huge, 660289640",
    "shufflenet_v2_x0_5, 1366792",
    "mnasnet1_3, 6282256",
    "regnet_x_400mf, 5495976",
    "regnet_x_32gf, 107811560",
    "regnet_y_32gf, 145046770",
    "regnet_y_128gf, 644812894",
    "keras_resnet50, 25557032",
    "keras_resnet50v2, 25568360",
    "keras_mobilenet_100, 4231976",
    "keras_mobilenet_v2_100, 3504872",
    "keras_mobilenet_v3_large, 5483032",
    "keras_mobilenet_v3_small, 2542856",
    "keras_efficientnet_b0, 5288548",
    "keras_xception, 22855952",
  })
  void trainedParameters(String name, long count) {
    assertEquals(count, Parameters.of(Models.get(name).build()).trainableLength());
  }

  /** Inception v3 with and without the classifier that helps in training. */
  @Test
  void auxiliaryClassifierOfInception() {
    Models.Model model = Models.get("inception_v3");
    assertEquals(23_834_568, Parameters.of(model.build()).trainableLength());
    Graph trained = model.architecture().buildWithAuxiliary(model.input(), 1000, 0.4);
    assertEquals(27_161_264, Parameters.of(trained).trainableLength());
  }
}
