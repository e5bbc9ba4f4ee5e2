package org.convoy.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Convolution;
import org.convoy.graph.Dropout;
import org.convoy.graph.Graph;
import org.convoy.graph.LayerNorm;
import org.convoy.graph.Linear;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Window;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every model that torchvision also has equals it: the same tensors, the same hyper-parameters. */
class InventoryTest {

  @TestFactory
  Stream<DynamicTest> everyModelIsTorchvisions() throws IOException {
    assumeTrue(Oracles.inventory().isPresent(), "no oracle folder: set -Dgoldens=FOLDER");
    JsonNode inventory = new ObjectMapper().readTree(Oracles.inventory().get().toFile());
    return Models.all().stream()
        .filter(model -> inventory.has(model.name()))
        .map(
            model ->
                DynamicTest.dynamicTest(
                    model.name(), () -> compare(inventory.get(model.name()), trained(model))));
  }

  /** The network as it is trained, with the auxiliary classifiers of GoogLeNet and Inception. */
  private static Graph trained(Models.Model model) {
    return model.architecture().buildWithAuxiliary(model.input(), model.classes(), 0.3);
  }

  private static void compare(JsonNode torch, Graph graph) {
    Parameters layout = Parameters.of(graph);
    Map<String, Shape> ours = new TreeMap<>();
    for (Parameter tensor : layout.all()) {
      ours.put(tensor.name(), tensor.shape());
    }
    Map<String, Shape> theirs = new TreeMap<>();
    for (JsonNode tensor : torch.get("tensors")) {
      List<Integer> shape = new ArrayList<>();
      tensor.get(1).forEach(dimension -> shape.add(dimension.asInt()));
      theirs.put(tensor.get(0).asText(), new Shape(shape));
    }
    assertEquals(theirs, ours, "tensors");
    assertEquals(torch.get("parameters").asLong(), layout.trainableLength(), "trained elements");
    Map<String, String> settings = new TreeMap<>();
    for (JsonNode module : torch.get("modules")) {
      String text = settings(module);
      if (!text.isEmpty()) {
        settings.put(module.get("name").asText(), text);
      }
    }
    Map<String, String> ourSettings = new TreeMap<>();
    for (Node node : graph.nodes()) {
      String text = settings(node);
      if (!text.isEmpty()) {
        ourSettings.put(node.name(), text);
      }
    }
    assertEquals(settings, ourSettings, "hyper-parameters");
    compareDropout(torch, graph);
  }

  /**
   * Compares every dropout before a classifier, and stochastic depth by the names of its blocks.
   */
  private static void compareDropout(JsonNode torch, Graph graph) {
    List<Double> theirs = new ArrayList<>();
    Map<String, Double> depths = new TreeMap<>();
    for (JsonNode module : torch.get("modules")) {
      String name = module.get("name").asText();
      if (module.get("kind").asText().equals("Dropout")) {
        theirs.add(module.get("p").asDouble());
      } else if (module.get("kind").asText().equals("StochasticDepth")) {
        depths.put(name, module.get("p").asDouble());
      }
    }
    List<Double> ours = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Dropout dropout && dropout.kind() == Dropout.Kind.ELEMENT) {
        ours.add(dropout.probability());
      } else if (node.op() instanceof Dropout dropout && dropout.kind() == Dropout.Kind.SAMPLE) {
        assertEquals(
            depths.getOrDefault(node.name(), Double.NaN),
            dropout.probability(),
            1e-15,
            node.name());
      }
    }
    theirs.sort(null);
    ours.sort(null);
    assertEquals(theirs, ours, "probabilities of dropout");
  }

  private static String settings(JsonNode module) {
    return switch (module.get("kind").asText()) {
      case "Conv1d", "Conv2d", "Conv3d" ->
          conv(
              module.get("out").asInt(),
              module.get("kernel").toString(),
              module.get("stride").toString(),
              module.get("padding").toString(),
              module.get("dilation").toString(),
              module.get("groups").asInt(),
              module.get("bias").asBoolean());
      case "BatchNorm1d", "BatchNorm2d", "BatchNorm3d" ->
          norm(module.get("eps").asDouble(), module.get("momentum").asDouble());
      case "LayerNorm", "LayerNorm2d" -> layerNorm(module.get("eps").asDouble());
      case "Linear" -> linear(module.get("out").asInt(), module.get("bias").asBoolean());
      default -> "";
    };
  }

  private static String settings(Node node) {
    if (node.op() instanceof Convolution conv) {
      Window window = conv.window();
      assertEquals(window.padBefore(), window.padAfter(), node.name() + ": padding on both sides");
      return conv(
          conv.outChannels(),
          window.kernel().toString(),
          window.stride().toString(),
          window.padBefore().toString(),
          window.dilation().toString(),
          conv.groups(),
          conv.bias());
    } else if (node.op() instanceof BatchNorm norm) {
      return norm(norm.epsilon(), norm.momentum());
    } else if (node.op() instanceof LayerNorm norm) {
      return layerNorm(norm.epsilon());
    } else if (node.op() instanceof Linear linear) {
      return linear(linear.outFeatures(), linear.bias());
    }
    return "";
  }

  private static String conv(
      int out,
      String kernel,
      String stride,
      String padding,
      String dilation,
      int groups,
      boolean bias) {
    String text =
        String.format(
            Locale.ROOT,
            "convolution to %d, kernel %s, stride %s, padding %s, dilation %s, groups %d, bias %s",
            out,
            kernel,
            stride,
            padding,
            dilation,
            groups,
            bias);
    return text.replace(" ", "");
  }

  private static String norm(double epsilon, double momentum) {
    return String.format(Locale.ROOT, "norm, epsilon %s, momentum %s", epsilon, momentum);
  }

  private static String layerNorm(double epsilon) {
    return String.format(Locale.ROOT, "layer norm, epsilon %s", epsilon);
  }

  private static String linear(int out, boolean bias) {
    return String.format(Locale.ROOT, "linear to %d, bias %s", out, bias);
  }
}
