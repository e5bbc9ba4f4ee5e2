package org.convoy.models;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.convoy.graph.Activate;
import org.convoy.graph.Add;
import org.convoy.graph.ChannelScale;
import org.convoy.graph.Convolution;
import org.convoy.graph.Dropout;
import org.convoy.graph.GlobalAveragePool;
import org.convoy.graph.GlobalResponseNorm;
import org.convoy.graph.Graph;
import org.convoy.graph.GraphException;
import org.convoy.graph.Initializer;
import org.convoy.graph.Input;
import org.convoy.graph.LayerNorm;
import org.convoy.graph.Linear;
import org.convoy.graph.Node;
import org.convoy.graph.Op;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;

/**
 * A convolutional network as a masked autoencoder (Woo et al. 2023, "ConvNeXt V2", arXiv
 * 2301.00808, section 3.1): of the patches of an image that the network reduces to one position
 * each, most are hidden, and a decoder of one block restores them. In inference nothing is hidden.
 *
 * <p>The encoder is the network up to its global pool. Hidden positions are zero wherever positions
 * meet: before each convolution over a window, before each response normalisation, and at the end.
 * So visible positions have the values of a sparse convolution, and nothing of what is hidden
 * reaches them.
 *
 * <p>The decoder: a convolution to its width, a block of ConvNeXt V2, and a convolution to the
 * pixels of a patch, in the order (rows, columns, channels). The bias of the first one is what
 * hidden positions begin with, the paper's mask token.
 */
public final class SparseAutoencoder {
  private static final String DECODER = "decoder.";
  private static final Initializer START = new Initializer.Normal(0.02);

  private final Graph network;
  private final int last;
  private final int patch;
  private final double ratio;
  private final List<Node> nodes = new ArrayList<>();

  /** The places of the network's nodes, and of their results without what is hidden. */
  private final int[] places;

  private final Map<Integer, Integer> visible = new HashMap<>();

  private SparseAutoencoder(Graph network, double ratio) {
    this.network = network;
    this.ratio = ratio;
    this.last = last(network);
    this.patch = patch(network.inputShape(), network.nodes().get(last).shape());
    this.places = new int[last + 1];
  }

  /**
   * The network with masks and a decoder.
   *
   * @param ratio of the patches that are hidden
   * @param width channels of the decoder
   * @throws GraphException if positions meet in the network otherwise than by convolutions and
   *     response normalisation, or if its input does not have whole patches
   */
  public static Graph of(Graph network, double ratio, int width) {
    SparseAutoencoder autoencoder = new SparseAutoencoder(network, ratio);
    autoencoder.encode();
    autoencoder.decode(width);
    return new Graph(network.name(), autoencoder.nodes);
  }

  /** Whether a tensor belongs to a decoder. */
  public static boolean isDecoder(String tensor) {
    return tensor.startsWith(DECODER);
  }

  /** The names of the tensors behind a network's encoder, which its autoencoder does not have. */
  public static Set<String> head(Graph network) {
    Parameters layout = Parameters.of(network);
    return network.nodes().stream()
        .skip(last(network) + 1L)
        .flatMap(node -> layout.of(network, node).stream())
        .map(Parameter::name)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** The place of the last feature map, which the global pool reads. */
  private static int last(Graph network) {
    return network.nodes().stream()
        .filter(node -> node.op() instanceof GlobalAveragePool)
        .map(node -> node.inputs().get(0))
        .findFirst()
        .orElseThrow(
            () ->
                new GraphException(
                    "masked autoencoder: expected a network with a global average pool, got "
                        + network.name()));
  }

  private static int patch(Shape input, Shape features) {
    int side = input.dimension(1) / features.dimension(1);
    for (int d = 1; d <= 2; d++) {
      if (features.dimension(d) * side != input.dimension(d)) {
        throw new GraphException(
            String.format(
                Locale.ROOT,
                "masked autoencoder: expected an input of whole square patches, got %s for a last feature map of %s",
                input,
                features));
      }
    }
    return side;
  }

  private void encode() {
    for (int i = 0; i <= last; i++) {
      Node node = network.nodes().get(i);
      boolean meet = positionsMeet(node);
      List<Integer> inputs =
          node.inputs().stream().map(input -> meet ? visible(input) : places[input]).toList();
      places[i] = add(node.name(), node.op(), inputs);
    }
  }

  /** Whether an output position of a node depends on several input positions. */
  private static boolean positionsMeet(Node node) {
    Op op = node.op();
    if (op instanceof Convolution convolution) {
      return convolution.window().kernel().stream().anyMatch(taps -> taps > 1)
          || convolution.window().stride().stream().anyMatch(stride -> stride > 1);
    }
    if (op instanceof GlobalResponseNorm) {
      return true;
    }
    boolean single =
        op instanceof Input
            || op instanceof Linear
            || op instanceof Activate
            || op instanceof Add
            || op instanceof ChannelScale
            || op instanceof Dropout
            || (op instanceof LayerNorm norm && norm.over() == LayerNorm.Over.CHANNELS);
    if (!single) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "masked autoencoder: expected a network whose positions meet in convolutions and response norms alone, as ConvNeXt's do, got %s in %s",
              op.word(),
              node.name()));
    }
    return false;
  }

  /** The place of a node's result without hidden positions. */
  private int visible(int node) {
    Integer there = visible.get(node);
    if (there == null) {
      Node source = network.nodes().get(node);
      int side = source.shape().dimension(1) * patch / network.inputShape().dimension(1);
      there = add(source.name() + ".visible", Dropout.patch(ratio, side), List.of(places[node]));
      visible.put(node, there);
    }
    return there;
  }

  private void decode(int width) {
    int features = visible(last);
    Value x = Value.input(nodes.get(features).shape());
    x = x.conv(DECODER + "proj", pointwise(width)).within(DECODER + "0", ConvNeXtV2::block);
    int pixels = Math.multiplyExact(patch * patch, network.inputShape().channels());
    Graph decoder = x.conv(DECODER + "pred", pointwise(pixels)).graph(network.name());
    for (Node node : decoder.nodes().subList(1, decoder.nodes().size())) {
      add(node.name(), node.op(), node.inputs().stream().map(at -> features + at).toList());
    }
  }

  private static Convolution pointwise(int channels) {
    return Convolution.of(channels, 1).withBias().initializer(START);
  }

  private int add(String name, Op op, List<Integer> inputs) {
    Shape shape = op.infer(inputs.stream().map(at -> nodes.get(at).shape()).toList());
    nodes.add(new Node(name, op, inputs, shape));
    return nodes.size() - 1;
  }
}
