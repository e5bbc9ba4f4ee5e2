package org.convoy.artifact.weights;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What another program calls the tensors of a family of networks, as a resource {@code
 * SOURCE.names}. A line is a word and its values; {@code #} begins a comment:
 *
 * <pre>
 *   source    what messages call the program
 *   networks  a pattern of the networks' names here
 *   drop      a pattern: tensors that are not needed
 *   name      a pattern and what replaces each match; '' for nothing. Lines apply in order, each to the result of the
 *             line before
 *   epsilon   of the norms there, where it may differ from here
 *   fold      a pattern and what replaces it: after all names, a bias that this norm's running mean takes in
 *   hwc       the name of a weight whose inputs are ordered (height, width, channel) there, and its channels
 *   bgr       the name of the first weight, whose input channels are blue, green, red there
 *   mean, std of the images, per channel, where the program has them for all networks of the family
 * </pre>
 */
public final class NameTable {
  /** The tables, those of the most frequent names first. */
  private static final List<String> RESOURCES =
      List.of(
          "convoy",
          "torchvision",
          "torchvision-vit",
          "timm-convnext",
          "timm-efficientnet",
          "timm-mobilenetv2",
          "timm-mobilenetv3-large",
          "timm-mobilenetv3-small",
          "timm-vgg",
          "keras-densenet",
          "keras-efficientnet",
          "keras-inception",
          "keras-mobilenet-v3",
          "keras-resnet",
          "keras-vgg16",
          "keras-vgg19",
          "keras-xception");

  /** Lines that every table begins with. */
  private static final String COMMON = "common";

  private static final List<NameTable> ALL = RESOURCES.stream().map(NameTable::new).toList();

  /** A pattern and what replaces its matches. */
  private record Rule(Pattern pattern, String replacement) {
    Rule(String[] words) {
      this(Pattern.compile(words[1]), words[2].equals("''") ? "" : words[2]);
    }

    String apply(String name) {
      return pattern.matcher(name).replaceAll(replacement);
    }
  }

  private String source = "";
  private Pattern networks = Pattern.compile(".*");
  private final List<Pattern> dropped = new ArrayList<>();
  private final List<Rule> names = new ArrayList<>();
  private final List<Rule> folds = new ArrayList<>();
  private final Map<String, Integer> channelsLast = new HashMap<>();
  private String blueFirst = "";
  private Optional<Double> epsilon = Optional.empty();
  private List<Float> mean = List.of();
  private List<Float> std = List.of();

  private NameTable(String resource) {
    read(COMMON);
    read(resource);
  }

  /** The tables that have names for this network. */
  static List<NameTable> of(String network) {
    return ALL.stream().filter(table -> table.networks.matcher(network).matches()).toList();
  }

  private void read(String resource) {
    String file = resource + ".names";
    try (InputStream in = NameTable.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + file);
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String text = line.replaceFirst("#.*", "").strip();
        if (!text.isEmpty()) {
          take(text.split("\\s+"), file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void take(String[] words, String file) {
    switch (words[0]) {
      case "source" -> source = words[1];
      case "networks" -> networks = Pattern.compile(words[1]);
      case "drop" -> dropped.add(Pattern.compile(words[1]));
      case "name" -> names.add(new Rule(words));
      case "epsilon" -> epsilon = Optional.of(Double.valueOf(words[1]));
      case "fold" -> folds.add(new Rule(words));
      case "hwc" -> channelsLast.put(words[1], Integer.valueOf(words[2]));
      case "bgr" -> blueFirst = words[1];
      case "mean" -> mean = floats(words);
      case "std" -> std = floats(words);
      default -> throw new IllegalStateException(file + ": unknown word " + words[0]);
    }
  }

  private static List<Float> floats(String[] words) {
    return Arrays.stream(words).skip(1).map(Float::valueOf).toList();
  }

  /** What messages call the program whose names these are. */
  public String source() {
    return source;
  }

  /** Means of the images' channels that the weights were trained with; empty if not known. */
  public List<Float> mean() {
    return mean;
  }

  /** Standard deviations that belong to {@link #mean}. */
  public List<Float> std() {
    return std;
  }

  /** The name here; empty for a tensor that is not needed. */
  Optional<String> name(String there) {
    if (dropped.stream().anyMatch(pattern -> pattern.matcher(there).find())) {
      return Optional.empty();
    }
    String name = there;
    for (Rule rule : names) {
      name = rule.apply(name);
    }
    return Optional.of(name);
  }

  /** The running mean that takes in a bias, if the tensor of this name (here) is such a bias. */
  Optional<String> foldedInto(String name) {
    return folds.stream()
        .filter(rule -> rule.pattern.matcher(name).matches())
        .map(rule -> rule.apply(name))
        .findFirst();
  }

  /** Epsilon of the norms there, where it is not that of the network here. */
  Optional<Double> epsilon() {
    return epsilon;
  }

  /** Number of channels of a weight whose inputs are ordered (height, width, channel); else 0. */
  int channelsLast(String name) {
    return channelsLast.getOrDefault(name, 0);
  }

  /** Whether the input channels of this weight are in the order blue, green, red. */
  boolean blueFirst(String name) {
    return blueFirst.equals(name);
  }
}
