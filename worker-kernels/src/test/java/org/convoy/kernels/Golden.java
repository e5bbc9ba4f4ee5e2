package org.convoy.kernels;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.convoy.graph.Dropout;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.models.Models;
import org.convoy.models.Oracles;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What torchvision's network of one name computes on weights and an input that a fill rule makes:
 * the content of one file of the oracle folder. The rule and the program that wrote the files are
 * in {@code generate.py} beside them.
 *
 * <p>A tensor named {@code name} gets at flat index i a number made of {@code u(name, i)}, uniform
 * in [0, 1): the upper 24 bits of SplitMix64 over a counter that starts at the FNV-1a hash of the
 * name.
 */
record Golden(JsonNode json) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

  /** Every file; none without the folder. */
  static Stream<Path> files() {
    Optional<Path> folder = Oracles.goldens();
    if (folder.isEmpty()) {
      return Stream.empty();
    }
    try (Stream<Path> files = Files.list(folder.get())) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The model that a file is about. */
  static String modelOf(Path file) {
    return file.getFileName().toString().replace(".json", "");
  }

  static Golden read(Path file) {
    try {
      return new Golden(MAPPER.readTree(file.toFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String model() {
    return json.get("model").asText();
  }

  /** The network; the files were made with every dropout's probability set to 0. */
  Graph graph() {
    Graph graph = Models.get(model()).build(image(), 1000);
    List<Node> nodes =
        graph.nodes().stream()
            .map(
                node ->
                    node.op() instanceof Dropout dropout
                        ? new Node(
                            node.name(),
                            new Dropout(dropout.kind(), 0, dropout.blockSize()),
                            node.inputs(),
                            node.shape())
                        : node)
            .toList();
    return new Graph(graph.name(), nodes);
  }

  /** {@code (batch, channels, height, width)} */
  int[] input() {
    return MAPPER.convertValue(json.get("input"), int[].class);
  }

  int batch() {
    return input()[0];
  }

  Shape image() {
    return Shape.of(input()[1], input()[2], input()[3]);
  }

  int[] labels() {
    return IntStream.range(0, batch()).map(row -> (37 * row + 11) % 1000).toArray();
  }

  /** How far PyTorch's own float32 run is from these values, as a relative norm. */
  double float32(String what) {
    return json.get("float32").get(what).asDouble();
  }

  /** The input by the fill rule. */
  INDArray images(DataType type) {
    return images(type, image().batched(batch()));
  }

  /** A batch of images by the fill rule. */
  static INDArray images(DataType type, long... shape) {
    INDArray images = Nd4j.create(type, shape);
    new Fill("input", 2 * 1.7, -1.7).into(images, 0, images.length());
    return images;
  }

  /** The parameters by the fill rule. */
  static INDArray parameters(Parameters layout, DataType type) {
    INDArray flat = Nd4j.create(type, layout.length());
    layout.all().forEach(tensor -> fill(tensor).into(flat, tensor.offset(), tensor.length()));
    return flat;
  }

  /** One tensor by the fill rule, in the array's shape. */
  static void fill(String name, INDArray tensor) {
    double fanIn = (double) tensor.length() / tensor.size(0);
    fill(name, tensor.rank(), fanIn).into(tensor, tensor.offset(), tensor.length());
  }

  private static Fill fill(Parameter tensor) {
    double fanIn = (double) tensor.length() / tensor.shape().dimension(0);
    return fill(tensor.name(), tensor.shape().rank(), fanIn);
  }

  private static Fill fill(String name, int rank, double fanIn) {
    String leaf = name.substring(name.lastIndexOf('.') + 1);
    return switch (leaf) {
      case "layer_scale", "gamma" -> new Fill(name, 0.2, 0.1);
      case "bias", "running_mean" -> new Fill(name, 0.2, -0.1);
      default -> {
        if (leaf.equals("weight") && rank >= 2) {
          double scale = 2 * Math.sqrt(6 / fanIn);
          yield new Fill(name, scale, -scale / 2);
        }
        yield new Fill(name, 1, 0.5);
      }
    };
  }

  /** The numbers of one tensor: {@code scale u + shift}. */
  private record Fill(String name, double scale, double shift) {

    /** Fills elements {@code [offset, offset + count)} of the array's memory, nothing between. */
    void into(INDArray array, long offset, long count) {
      long hash = 0xCBF29CE484222325L;
      for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
        hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
      }
      long start = hash;
      LongStream.range(0, count)
          .parallel()
          .forEach(i -> array.data().put(offset + i, scale * uniform(start, i) + shift));
    }

    private static double uniform(long hash, long index) {
      long z = hash + (index + 1) * GOLDEN_RATIO;
      z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
      z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
      z = z ^ (z >>> 31);
      return (z >>> 40) * 0x1p-24;
    }
  }
}
