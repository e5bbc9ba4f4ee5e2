package org.convoy.artifact.weights;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The tensors of a layer of DL4J, in the order in which they lie in the network's flat vector.
 *
 * @param parts none for a layer without tensors
 */
record Dl4jLayer(List<Part> parts) {
  private static final String PACKAGE = "org.deeplearning4j.nn.conf.layers.";

  /**
   * One tensor.
   *
   * @param name as PyTorch calls it
   * @param shape in PyTorch's order
   * @param multiplier of the channels, where a depthwise kernel lies as (height, width, channels,
   *     multiplier); 0 where the elements lie in PyTorch's order
   */
  record Part(String name, List<Long> shape, int multiplier) {

    /** A tensor in PyTorch's order. */
    static Part of(String name, long... shape) {
      return new Part(name, Arrays.stream(shape).boxed().toList(), 0);
    }

    /**
     * @throws ArithmeticException if that is more than 2^63
     */
    long elements() {
      return shape.stream().reduce(1L, Math::multiplyExact);
    }
  }

  Dl4jLayer {
    parts = List.copyOf(parts);
  }

  /**
   * What DL4J's configuration says of a layer.
   *
   * @return empty for a class of layer that has tensors of an unknown order
   */
  static Optional<Dl4jLayer> of(JsonNode layer) {
    String type = layer.path("@class").asText().replace(PACKAGE, "");
    long in = layer.path("nin").asLong();
    long out = layer.path("nout").asLong();
    boolean biased = layer.path("hasBias").asBoolean();
    return switch (type) {
      case "ConvolutionLayer" ->
          kernel(layer)
              .map(k -> convolution(Part.of("weight", out, in, k.get(0), k.get(1)), out, biased));
      case "DepthwiseConvolution2D" -> {
        int multiplier = layer.path("depthMultiplier").asInt();
        long channels = in * multiplier;
        yield kernel(layer)
            .filter(k -> multiplier > 0)
            .map(k -> new Part("weight", List.of(channels, 1L, k.get(0), k.get(1)), multiplier))
            .map(weight -> convolution(weight, channels, biased));
      }
      case "DenseLayer" -> {
        // (in, out) in Fortran's order is (out, in) in C's.
        Part weight = Part.of("weight", out, in);
        yield Optional.of(
            new Dl4jLayer(biased ? List.of(weight, Part.of("bias", out)) : List.of(weight)));
      }
      case "BatchNormalization" ->
          layer.path("lockGammaBeta").asBoolean() || layer.path("useLogStd").asBoolean()
              ? Optional.empty()
              : Optional.of(
                  new Dl4jLayer(
                      List.of(
                          Part.of("weight", out),
                          Part.of("bias", out),
                          Part.of("running_mean", out),
                          Part.of("running_var", out))));
      case "ActivationLayer",
          "DropoutLayer",
          "GlobalPoolingLayer",
          "LossLayer",
          "SubsamplingLayer",
          "ZeroPaddingLayer" ->
          Optional.of(new Dl4jLayer(List.of()));
      default -> Optional.empty();
    };
  }

  /** A convolution's bias comes first. */
  private static Dl4jLayer convolution(Part weight, long out, boolean biased) {
    return new Dl4jLayer(biased ? List.of(Part.of("bias", out), weight) : List.of(weight));
  }

  private static Optional<List<Long>> kernel(JsonNode layer) {
    JsonNode size = layer.path("kernelSize");
    return size.size() == 2
        ? Optional.of(List.of(size.get(0).asLong(), size.get(1).asLong()))
        : Optional.empty();
  }
}
