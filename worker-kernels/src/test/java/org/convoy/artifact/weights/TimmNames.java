package org.convoy.artifact.weights;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.models.Models;

/**
 * timm's names of networks' tensors, made from their structure: its {@code blocks.STAGE.BLOCK} are
 * counted, and a layer's name follows from its place in the block and from its shape.
 */
final class TimmNames {
  /** Blocks of each stage, where the network here numbers blocks without stages. */
  private static final Map<String, int[]> STAGES =
      Map.of(
          "mobilenet_v2", new int[] {1, 2, 3, 4, 3, 3, 1},
          "mobilenet_v3_large", new int[] {1, 2, 3, 4, 2, 3},
          "mobilenet_v3_small", new int[] {1, 2, 3, 2, 3});

  /** One tensor's two names. */
  record Pair(String there, String here) {}

  private final String network;
  private final Parameters layout;

  private TimmNames(String network) {
    this.network = network;
    this.layout = Parameters.of(Models.get(network).build());
  }

  static List<Pair> of(String network) {
    TimmNames names = new TimmNames(network);
    return names.layout.all().stream()
        .map(parameter -> new Pair(names.there(parameter.name()), parameter.name()))
        .toList();
  }

  private String there(String here) {
    String leaf = here.substring(here.lastIndexOf('.') + 1);
    List<String> path = new ArrayList<>(List.of(here.split("\\.")));
    path.remove(path.size() - 1);
    if (network.startsWith("convnext")) {
      return convNeXt(path, leaf);
    } else if (network.startsWith("vgg")) {
      return vgg(path, leaf);
    }
    return mobile(path, leaf);
  }

  private static String vgg(List<String> path, String leaf) {
    return switch (String.join(".", path)) {
      case "classifier.0" -> "pre_logits.fc1." + leaf;
      case "classifier.3" -> "pre_logits.fc2." + leaf;
      case "classifier.6" -> "head.fc." + leaf;
      default -> String.join(".", path) + "." + leaf;
    };
  }

  private static String convNeXt(List<String> path, String leaf) {
    if (path.get(0).equals("classifier")) {
      return (path.get(1).equals("0") ? "head.norm." : "head.fc.") + leaf;
    }
    int place = Integer.parseInt(path.get(1));
    if (place == 0) {
      return "stem." + path.get(2) + "." + leaf;
    } else if (place % 2 == 0) {
      return "stages." + place / 2 + ".downsample." + path.get(2) + "." + leaf;
    }
    String block = "stages." + place / 2 + ".blocks." + path.get(2) + ".";
    if (leaf.equals("layer_scale")) {
      return block + "gamma";
    }
    Map<String, String> layers =
        Map.of("0", "conv_dw", "2", "norm", "3", "mlp.fc1", "5", "mlp.fc2");
    return block + layers.get(path.get(4)) + "." + leaf;
  }

  private String mobile(List<String> path, String leaf) {
    String full = String.join(".", path);
    if (path.get(0).equals("classifier")) {
      boolean last = !layout.contains("classifier.0.weight") || path.get(1).equals("3");
      return (last ? "classifier." : "conv_head.") + leaf;
    }
    int place = Integer.parseInt(path.get(1));
    if (place == 0) {
      return (path.get(2).equals("0") ? "conv_stem." : "bn1.") + leaf;
    }
    boolean stages = network.startsWith("efficientnet");
    String block = full.replaceFirst("\\.(conv|block)\\..*", "");
    if (block.equals(full)) {
      boolean conv = path.get(2).equals("0");
      if (network.startsWith("mobilenet_v3")) {
        return "blocks." + stages(network).length + ".0." + (conv ? "conv." : "bn1.") + leaf;
      }
      return (conv ? "conv_head." : "bn2.") + leaf;
    }
    String there =
        stages ? "blocks." + (place - 1) + "." + path.get(2) : stage(stages(network), place);
    return there + "." + layer(block, full, leaf);
  }

  private static int[] stages(String network) {
    return Objects.requireNonNull(STAGES.get(network), network);
  }

  private static String stage(int[] stages, int place) {
    int block = place - 1;
    int stage = 0;
    while (block >= stages[stage]) {
      block -= stages[stage++];
    }
    return "blocks." + stage + "." + block;
  }

  /** A layer's name by its place among the convolutions and norms of its block. */
  private String layer(String block, String layer, String leaf) {
    if (layer.contains(".fc")) {
      return (layer.endsWith("fc1") ? "se.conv_reduce." : "se.conv_expand.") + leaf;
    }
    List<String> convolutions = new ArrayList<>();
    List<String> norms = new ArrayList<>();
    boolean expands = false;
    for (Parameter each : layout.all()) {
      String owner = each.name().replaceFirst("\\.\\w+$", "");
      if (owner.startsWith(block + ".") && !owner.contains(".fc")) {
        if (each.name().endsWith(".running_mean")) {
          norms.add(owner);
        } else if (each.shape().rank() == 4) {
          // A depthwise convolution has one input channel per output channel.
          expands |= convolutions.isEmpty() && each.shape().dimension(1) > 1;
          convolutions.add(owner);
        }
      }
    }
    List<String> names =
        expands ? List.of("conv_pw", "conv_dw", "conv_pwl") : List.of("conv_dw", "conv_pw");
    int at = convolutions.indexOf(layer);
    return (at >= 0 ? names.get(at) : "bn" + (1 + norms.indexOf(layer))) + "." + leaf;
  }
}
