package org.convoy.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.convoy.models.Models;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceptiveFieldsTest {

  /**
   * The table of Araujo et al. 2019 has AlexNet, VGG-16 and MobileNet. ResNet-50's follows from its
   * windows: here the stride is in the 3x3 convolution, there at the end of a stage.
   */
  @ParameterizedTest
  @CsvSource({
    "alexnet, 195, 32",
    "vgg16, 212, 32",
    "mobilenetv1_100, 315, 32",
    "resnet50, 427, 32",
    "resnet20, 81, 4"
  })
  void lastMapsHaveThePublishedField(String name, double size, double stride) {
    Graph graph = Models.get(name).build();
    List<ReceptiveField> fields = ReceptiveFields.of(graph);
    ReceptiveField last = ReceptiveField.WHOLE;
    for (int i = 0; i < fields.size(); i++) {
      Shape shape = graph.nodes().get(i).shape();
      if (shape.spatialRank() == 2 && shape.positions() > 1) {
        last = fields.get(i);
      }
    }
    assertEquals(List.of(size, size), last.size());
    assertEquals(List.of(stride, stride), last.stride());
    assertTrue(fields.get(fields.size() - 1).isWhole());
  }

  @Test
  void eachDimensionHasItsOwn() {
    Graph graph =
        Value.input(Shape.of(3, 20, 30))
            .conv(
                "wide",
                new Convolution(
                    4,
                    Window.of(List.of(1, 7)).padding(List.of(0, 3), List.of(0, 3)),
                    1,
                    false,
                    new Initializer.FanInUniform()))
            .maxPool(2, 2, 0)
            .graph("wide");
    List<ReceptiveField> fields = ReceptiveFields.of(graph);
    assertEquals("1x7", fields.get(1).sizeText());
    assertEquals("2x8", fields.get(2).sizeText());
    assertEquals("2x2", fields.get(2).strideText());
  }

  @Test
  void enlargedMapsHaveFractionsOfAStride() {
    Value maps = Value.input(Shape.of(3, 16, 16)).conv("conv", 4, 3, 2);
    List<ReceptiveField> fields =
        ReceptiveFields.of(maps.resize(Resize.Method.LINEAR, 4).conv("next", 4, 3).graph("up"));
    assertEquals("3x3", fields.get(1).sizeText());
    assertEquals("5x5", fields.get(2).sizeText()); // two neighbours, two pixels apart
    assertEquals("0.50x0.50", fields.get(2).strideText());
    assertEquals("6x6", fields.get(3).sizeText());
    List<ReceptiveField> transposed =
        ReceptiveFields.of(
            maps.transposedConv("up", TransposedConvolution.of(4, 4).stride(2)).graph("up"));
    assertEquals("5x5", transposed.get(2).sizeText());
    assertEquals("1x1", transposed.get(2).strideText());
  }

  /** A gate of squeeze and excitation sees everything and is not counted; attention is. */
  @Test
  void gatesDoNotCountAndAttentionDoes() {
    Graph gated = Models.get("efficientnet_b0").build();
    List<ReceptiveField> fields = ReceptiveFields.of(gated);
    long whole = fields.stream().filter(ReceptiveField::isWhole).count();
    assertTrue(whole > 16 && whole < fields.size() / 2, () -> whole + " of " + fields.size());
    Graph transformer = Models.get("vit_small_patch16_224").build();
    List<ReceptiveField> sequence = ReceptiveFields.of(transformer);
    int attention = 0;
    while (!(transformer.nodes().get(attention).op() instanceof Attention)) {
      attention++;
    }
    assertEquals("16x16", sequence.get(attention - 1).sizeText());
    assertTrue(sequence.get(attention).isWhole());
  }

  @Test
  void everyNetworkHasFields() {
    for (Models.Model model : Models.all()) {
      Graph graph = model.build();
      assertEquals(graph.nodes().size(), ReceptiveFields.of(graph).size(), model.name());
    }
  }
}
