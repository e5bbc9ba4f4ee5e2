package org.convoy.models;

import static org.convoy.graph.Activate.Function.SIGMOID;
import static org.convoy.graph.Activate.Function.SILU;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Initializer.Uniform;
import org.convoy.graph.Linear;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * A space of small networks for 32x32 images, to be searched: stages of inverted residual blocks,
 * as in MnasNet's space (Tan et al. 2019, arXiv 1807.11626, section 4.1). Each stage chooses its
 * kernel, its expansion, its number of blocks, its width and whether it has squeeze and excitation;
 * the strides are fixed. There are 108^4 networks.
 *
 * <p>A network's name states its choices: {@code mbconv_k3e4d2w16-k5e6d1w32s-...} has 3x3 kernels,
 * expansion 4, two blocks of 16 channels in its first stage; {@code s} is squeeze and excitation.
 * Genes are the same choices as numbers: the places of the values in their lists, stage by stage.
 */
public final class MbConvSpace {
  private static final String PREFIX = "mbconv_";
  private static final Pattern STAGE = Pattern.compile("k([0-9]+)e([0-9]+)d([0-9]+)w([0-9]+)(s?)");
  private static final InvertedResidual.Style STYLE =
      new InvertedResidual.Style(BatchNorm.standard(), SILU, SIGMOID);

  private static final List<Integer> KERNELS = List.of(3, 5, 7);
  private static final List<Integer> EXPANSIONS = List.of(2, 4, 6);
  private static final List<Integer> DEPTHS = List.of(1, 2);
  private static final List<Integer> SQUEEZES = List.of(0, 1);

  /** What is fixed of a stage. */
  private record Place(int stride, List<Integer> widths) {
    List<List<Integer>> choices() {
      return List.of(KERNELS, EXPANSIONS, DEPTHS, widths, SQUEEZES);
    }
  }

  private static final List<Place> PLACES =
      List.of(
          //        stride       widths
          new Place(1, List.of(16, 24, 32)),
          new Place(2, List.of(24, 32, 48)),
          new Place(2, List.of(48, 64, 96)),
          new Place(1, List.of(64, 96, 128)));

  private MbConvSpace() {}

  /** What a stage chose. */
  private record Stage(int kernel, int expansion, int depth, int width, boolean squeezed) {}

  /** The number of values that each gene can have. */
  public static List<Integer> choices() {
    return PLACES.stream().flatMap(place -> place.choices().stream()).map(List::size).toList();
  }

  /**
   * The name of a network.
   *
   * @param genes one for each of {@link #choices}, from 0
   */
  public static String name(List<Integer> genes) {
    List<String> stages = new ArrayList<>();
    int gene = 0;
    for (Place place : PLACES) {
      List<Integer> values = new ArrayList<>();
      for (List<Integer> choice : place.choices()) {
        values.add(choice.get(genes.get(gene++)));
      }
      stages.add(
          String.format(
              Locale.ROOT,
              "k%de%dd%dw%d%s",
              values.get(0),
              values.get(1),
              values.get(2),
              values.get(3),
              values.get(4) == 1 ? "s" : ""));
    }
    return PREFIX + String.join("-", stages);
  }

  /**
   * The network of a name.
   *
   * @return empty if the name has another form, or states a value that the space does not have
   */
  static Optional<Model> named(String name) {
    if (!name.startsWith(PREFIX)) {
      return Optional.empty();
    }
    String[] parts = name.substring(PREFIX.length()).split("-", -1);
    List<Stage> stages = new ArrayList<>();
    for (int i = 0; i < parts.length && i < PLACES.size(); i++) {
      stage(parts[i], PLACES.get(i)).ifPresent(stages::add);
    }
    if (parts.length != PLACES.size() || stages.size() != PLACES.size()) {
      return Optional.empty();
    }
    return Optional.of(Model.cifar10(name, (in, classes) -> build(name, stages, in, classes)));
  }

  private static Optional<Stage> stage(String text, Place place) {
    Matcher matcher = STAGE.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int[] values = new int[4];
    for (int i = 0; i < values.length; i++) {
      String digits = matcher.group(i + 1);
      List<Integer> allowed = place.choices().get(i);
      if (allowed.stream().noneMatch(value -> value.toString().equals(digits))) {
        return Optional.empty();
      }
      values[i] = Integer.parseInt(digits);
    }
    boolean squeezed = !matcher.group(5).isEmpty();
    return Optional.of(new Stage(values[0], values[1], values[2], values[3], squeezed));
  }

  private static Graph build(String name, List<Stage> stages, Shape input, int classes) {
    Value x = STYLE.conv(Value.input(input), "features.0", Convolution.of(16, 3), SILU);
    for (int i = 0; i < stages.size(); i++) {
      Stage stage = stages.get(i);
      for (int j = 0; j < stage.depth(); j++) {
        int squeeze = stage.squeezed() ? x.channels() / 4 : 0;
        InvertedResidual block =
            new InvertedResidual(
                stage.kernel(),
                stage.expansion() * x.channels(),
                stage.width(),
                squeeze,
                SILU,
                j == 0 ? PLACES.get(i).stride() : 1,
                STYLE);
        String path = String.format(Locale.ROOT, "features.%d.%d", i + 1, j);
        x = x.within(path, v -> block.apply(v, 0));
      }
    }
    String last = "features." + (stages.size() + 1);
    x = STYLE.conv(x, last, Convolution.of(2 * x.channels(), 1), SILU).globalAveragePool();
    Linear linear = Linear.of(classes).initializer(new Uniform(1 / Math.sqrt(classes)));
    return x.linear("classifier", linear).graph(name);
  }
}
