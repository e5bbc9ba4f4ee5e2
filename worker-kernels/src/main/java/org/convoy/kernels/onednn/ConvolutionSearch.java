package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.convoy.graph.Node;
import org.convoy.kernels.plan.Chain;

/**
 * Finds kernels for a convolution. For each role that is the chosen {@link Implementation}, else
 * the first of {@link #candidates} that oneDNN has.
 */
final class ConvolutionSearch {
  static final String FORWARD = "forward";
  static final String DATA_GRADIENT = "data gradient";
  static final String WEIGHT_GRADIENT = "weight gradient";

  /**
   * How many implementations of a kernel and layout are timed; later ones are for older machines.
   */
  private static final int WORTH_TIMING = 2;

  private final Lowering lowering;
  private final Chain chain;
  private final Node node;
  private final ConvolutionMakers makers;

  ConvolutionSearch(Lowering lowering, Chain chain, ConvolutionMakers makers) {
    this.lowering = lowering;
    this.chain = chain;
    this.node = chain.convolution();
    this.makers = makers;
  }

  /** Fast code for the wanted layout comes first, reference code last. */
  private List<Implementation> candidates(String role, Layout first) {
    List<Implementation> implementations = new ArrayList<>();
    lowering.chosen(node, role).ifPresent(implementations::add);
    if (makers.depthwise()) {
      // oneDNN's first implementation of data gradients with channels last is thirty times as slow.
      implementations.add(new Implementation(first, Implementation.DEPTHWISE));
    }
    implementations.add(Implementation.fast(first));
    implementations.add(Implementation.fast(first.other()));
    implementations.add(Implementation.fast(Layout.FREE));
    implementations.add(new Implementation(Layout.FREE, Implementation.ANY));
    return implementations;
  }

  /** What a kernel of a role does to a node. */
  static String word(String role, String node) {
    return "conv " + role + " " + node;
  }

  /** A kernel and its implementation. */
  record Found(Kernel kernel, Implementation implementation) {}

  /** Makes a kernel of a role in a layout. */
  @FunctionalInterface
  interface Direction {
    Kernel.Maker in(Layout layout);
  }

  /** The kernel of a role, for activations that lie in the layout {@code first} if possible. */
  Found find(String role, Layout first, Direction direction) {
    String word = word(role, node.name());
    try (Attributes attributes = Attributes.of(chain)) {
      for (Implementation implementation : candidates(role, first)) {
        Optional<Kernel> kernel =
            Kernel.find(
                lowering.natives(),
                word,
                attributes,
                direction.in(implementation.layout()),
                implementation::takes);
        if (kernel.isPresent()) {
          return new Found(kernel.get(), implementation);
        }
      }
    }
    throw new IllegalStateException("oneDNN has no " + word);
  }

  Kernel.Maker forwardIn(Layout layout) {
    return makers.forwardIn(layout, lowering.activationType());
  }

  /** The forward kernel that oneDNN wants as a hint for the weight gradient. */
  Kernel weightGradientHint(Kernel forward) {
    int type = makers.weightGradientType();
    return type == lowering.activationType()
        ? forward
        : find(FORWARD, Layout.CHANNELS_LAST, layout -> makers.forwardIn(layout, type)).kernel();
  }

  /** The implementations worth timing, by role: the first few fast ones of each layout. */
  static Map<String, List<Implementation>> implementations(Lowering lowering, Node node) {
    ConvolutionSearch self =
        new ConvolutionSearch(
            lowering, Chain.of(node), ConvolutionMakers.of(lowering, Chain.of(node)));
    Kernel any = self.find(FORWARD, lowering.rule(), self::forwardIn).kernel();
    Map<String, List<Implementation>> implementations = new LinkedHashMap<>();
    implementations.put(FORWARD, self.implementations(self::forwardIn));
    if (lowering.training()) {
      implementations.put(
          DATA_GRADIENT, self.implementations(layout -> self.makers.dataGradientIn(layout, any)));
      implementations.put(WEIGHT_GRADIENT, self.weightGradientImplementations(any));
    }
    return implementations;
  }

  private List<Implementation> weightGradientImplementations(Kernel forward) {
    Layout rule = lowering.rule();
    List<Implementation> implementations = new ArrayList<>();
    for (Layout layout : List.of(rule, rule.other())) {
      if (makers.ownWeightGradient(layout).isPresent()) {
        implementations.add(new Implementation(layout, Implementation.OWN));
      }
    }
    if (implementations.isEmpty() || !makers.depthwise()) {
      Kernel hint = weightGradientHint(forward);
      implementations.addAll(implementations(layout -> makers.weightGradientIn(layout, hint)));
    }
    return implementations;
  }

  private List<Implementation> implementations(Direction direction) {
    List<Implementation> implementations = new ArrayList<>();
    try (Attributes attributes = Attributes.standard()) {
      Layout rule = lowering.rule();
      for (Layout layout : List.of(rule, rule.other())) {
        Kernel.implementations(attributes, direction.in(layout)).stream()
            .filter(Implementation.fast(layout)::takes)
            .distinct()
            .limit(WORTH_TIMING)
            .forEach(name -> implementations.add(new Implementation(layout, name)));
      }
    }
    return implementations;
  }
}
