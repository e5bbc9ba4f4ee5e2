package org.convoy.artifact.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Optional;
import java.util.TreeSet;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.models.Models;
import org.convoy.models.Oracles;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables give every tensor of a network exactly one name. */
class NameTableTest {
  private static NameTable table(String source, String network) {
    return NameTable.of(network).stream()
        .filter(each -> each.source().equals(source))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "convnext_tiny",
        "convnext_base",
        "efficientnet_b0",
        "efficientnet_b3",
        "mobilenet_v2",
        "mobilenet_v3_large",
        "mobilenet_v3_small",
        "vgg16",
        "vgg11_bn"
      })
  void timm(String network) {
    for (TimmNames.Pair pair : TimmNames.of(network)) {
      assertEquals(
          Optional.of(pair.here()), table("timm", network).name(pair.there()), pair.there());
    }
  }

  /** Known names of timm, as its files have them. */
  @Test
  void timmByHand() {
    is(
        "timm",
        "efficientnet_b0",
        "blocks.0.0.se.conv_reduce.bias",
        "features.1.0.block.1.fc1.bias");
    is("timm", "efficientnet_b0", "blocks.6.0.conv_pwl.weight", "features.7.0.block.3.0.weight");
    is("timm", "mobilenet_v2", "blocks.5.2.bn3.running_var", "features.16.conv.3.running_var");
    is("timm", "mobilenet_v3_large", "blocks.6.0.conv.weight", "features.16.0.weight");
    is("timm", "mobilenet_v3_large", "blocks.1.0.bn3.weight", "features.2.block.2.1.weight");
    is("timm", "convnext_tiny", "stages.2.blocks.8.gamma", "features.5.8.layer_scale");
    is("timm", "vgg16", "pre_logits.fc1.weight", "classifier.0.weight");
  }

  @Test
  void kerasByHand() {
    is("Keras", "densenet121", "conv1_conv.weight", "features.conv0.weight");
    is("Keras", "densenet121", "conv1/bn.weight", "features.norm0.weight");
    is(
        "Keras",
        "densenet121",
        "conv4_block24_1_bn.running_mean",
        "features.denseblock3.denselayer24.norm2.running_mean");
    is("Keras", "densenet121", "pool3_conv.weight", "features.transition2.conv.weight");
    is("Keras", "vgg16", "block5_conv3.bias", "features.28.bias");
    is("Keras", "keras_xception", "conv2d_3.weight", "block13_skip_conv.weight");
    is(
        "Keras",
        "keras_mobilenet_v3_small",
        "expanded_conv_2/expand/BatchNorm.bias",
        "expanded_conv_2_expand_bn.bias");
    is(
        "Keras",
        "keras_mobilenet_v3_small",
        "expanded_conv/squeeze_excite/Conv_1.bias",
        "expanded_conv_squeeze_excite_conv_1.bias");
    is("Keras", "keras_mobilenet_v3_small", "Conv_1/BatchNorm.bias", "conv_1_bn.bias");
    is("Keras", "vgg19", "block5_conv4.bias", "features.34.bias");
  }

  /** A prefix that is dropped elsewhere belongs to the names of these networks. */
  @Test
  void torchvisionsTransformersByHand() {
    String bias = "encoder.layers.encoder_layer_0.mlp.0.bias";
    is("torchvision", "vit_b_16", bias, bias);
    is("torchvision", "vit_b_16", "module." + bias, bias);
    is("torchvision", "vit_b_16", "encoder.pos_embedding", "encoder.pos_embedding");
    is("torchvision", "vit_b_16", "conv_proj.weight", "conv_proj.weight");
  }

  private static void is(String source, String network, String there, String here) {
    assertEquals(Optional.of(here), table(source, network).name(there), there);
    assertTrue(Parameters.of(Models.get(network).build()).contains(here), here);
  }

  /**
   * torchvision's own lists of names: none is changed, and those that only it needs are dropped.
   */
  @Test
  void torchvision() throws IOException {
    Assumptions.assumeTrue(
        Oracles.inventory().isPresent(), "no oracle folder: set -Dgoldens=FOLDER");
    JsonNode inventory = new ObjectMapper().readTree(Oracles.inventory().get().toFile());
    int checked = 0;
    for (Models.Model model : Models.all()) {
      JsonNode tensors = inventory.path(model.name()).path("tensors");
      if (!tensors.isMissingNode()) {
        TreeSet<String> names = new TreeSet<>();
        for (JsonNode tensor : tensors) {
          table("torchvision", model.name()).name(tensor.get(0).asText()).ifPresent(names::add);
        }
        TreeSet<String> expected = new TreeSet<>();
        for (Parameter parameter : Parameters.of(model.build()).all()) {
          expected.add(parameter.name());
        }
        assertEquals(expected, names, model.name());
        checked++;
      }
    }
    assertTrue(checked > 20, "checked " + checked);
  }
}
