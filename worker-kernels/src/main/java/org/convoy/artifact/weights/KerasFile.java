package org.convoy.artifact.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.exceptions.HdfException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.convoy.artifact.ArrayMemory;
import org.convoy.artifact.ArtifactStore;
import org.convoy.artifact.DamagedFileException;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Weights of Keras: an HDF5 file (of Keras 2, whole models too, or {@code .weights.h5}) or a {@code
 * .keras} archive. A tensor is called {@code LAYER.weight}, {@code .pointwise.weight}, {@code
 * .bias}, {@code .running_mean} or {@code .running_var} after its layer, and has PyTorch's order of
 * dimensions.
 */
final class KerasFile implements TensorFile {
  private static final String WEIGHTS = "model.weights.h5";
  private static final String CONFIG = "config.json";

  /** A layer's variables lie at most this deep. */
  private static final int MOST_DEPTH = 16;

  private static final int MOST_CONFIG_BYTES = 64 << 20;

  /** A tensor, and whether its kernel works on each channel alone. */
  private record Variable(Dataset data, boolean depthwise) {}

  private final HdfFile hdf;
  private final String file;
  private final Map<String, Variable> variables = new LinkedHashMap<>();

  private KerasFile(HdfFile hdf, String file, Map<String, String> layers) throws IOException {
    this.hdf = hdf;
    this.file = file;
    try {
      walk(hdf, List.of(), layers);
      if (variables.isEmpty()) {
        throw new DamagedFileException(file, "content", "weights of Keras", "none");
      }
    } catch (HdfException | OutOfMemoryError e) {
      hdf.close();
      throw damaged(file, e);
    } catch (IOException | RuntimeException e) {
      hdf.close();
      throw e;
    }
  }

  /** Opens an HDF5 file. */
  static KerasFile of(ArtifactStore store, String path) throws IOException {
    String file = store.describe(path);
    try {
      HdfFile hdf = new HdfFile(new StoreChannel(store, path), URI.create("file:/weights.h5"));
      return new KerasFile(hdf, file, Map.of());
    } catch (HdfException | OutOfMemoryError e) {
      throw damaged(file, e);
    }
  }

  /**
   * Opens a {@code .keras} archive.
   *
   * @param zip is closed
   */
  static KerasFile of(ZipFile zip, String file) throws IOException {
    Path copy = Files.createTempFile("convoy-weights", ".h5");
    try (zip) {
      ZipArchiveEntry weights = zip.getEntry(WEIGHTS);
      if (weights == null) {
        throw new DamagedFileException(
            file, "content", "data.pkl of PyTorch or " + WEIGHTS + " of Keras", "neither");
      }
      UnpackedEntry.copy(zip, weights, copy, Long.MAX_VALUE, file);
      Map<String, String> layers = layers(zip, file);
      return new KerasFile(new HdfFile(copy), file + ", " + WEIGHTS, layers);
    } catch (HdfException | OutOfMemoryError e) {
      throw damaged(file, e);
    } finally {
      // The open file keeps its content.
      Files.deleteIfExists(copy);
    }
  }

  /** The reader of HDF5 takes the memory that a damaged file asks for. */
  private static DamagedFileException damaged(String file, Throwable e) {
    return new DamagedFileException(file, "not a whole HDF5 file: " + e.getMessage());
  }

  /**
   * The layers' names by the names of their groups: Keras 3 calls the groups by class and number.
   */
  private static Map<String, String> layers(ZipFile zip, String file) throws IOException {
    ZipArchiveEntry entry = zip.getEntry(CONFIG);
    Map<String, String> names = new LinkedHashMap<>();
    if (entry == null) {
      return names;
    }
    byte[] json;
    try (InputStream in = zip.getInputStream(entry)) {
      json = in.readNBytes(MOST_CONFIG_BYTES);
    }
    Map<String, Integer> counts = new LinkedHashMap<>();
    JsonNode root;
    try {
      root = new ObjectMapper().readTree(json);
    } catch (IOException e) {
      throw new DamagedFileException(file, CONFIG, "JSON", "other content");
    }
    for (JsonNode layer : root.path("config").path("layers")) {
      String group = snakeCase(layer.path("class_name").asText());
      int number = counts.merge(group, 1, Integer::sum) - 1;
      names.put(
          number == 0 ? group : group + "_" + number, layer.path("config").path("name").asText());
    }
    return names;
  }

  private static String snakeCase(String camel) {
    return camel
        .replaceAll("\\W+", "")
        .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }

  private void walk(Group group, List<String> path, Map<String, String> layers) {
    if (path.size() > MOST_DEPTH) {
      return;
    }
    boolean numbered = group.getName().equals("vars") && !path.isEmpty();
    for (Node node : group.getChildren().values()) {
      if (node instanceof Dataset data && numbered) {
        addNumbered(group, data, path, layers);
      } else if (node instanceof Dataset data) {
        addNamed(data, path);
      } else if (node instanceof Group inner && !inner.getName().startsWith("optimizer")) {
        List<String> below = new ArrayList<>(path);
        below.add(inner.getName());
        walk(inner, below, layers);
      }
    }
  }

  /** Keras 2: {@code LAYER/LAYER/kernel:0}, where a slash in the layer's name makes a group. */
  private void addNamed(Dataset data, List<String> path) {
    String leaf = data.getName().replaceFirst(":\\d+$", "");
    List<String> groups = path.indexOf("model_weights") == 0 ? path.subList(1, path.size()) : path;
    int half = groups.size() / 2;
    if (half > 0) {
      List<String> layer = groups.subList(groups.size() - half, groups.size());
      add(String.join("/", layer), leaf, data);
    }
  }

  /** Keras 3: {@code layers/CLASS_NUMBER/vars/0}. */
  private void addNumbered(
      Group vars, Dataset data, List<String> path, Map<String, String> layers) {
    String group = path.get(path.size() - 2);
    String layer = stated(vars).orElseGet(() -> layers.getOrDefault(group, group));
    List<String> leaves = KerasVariables.ofClass(group, vars.getChildren().size());
    String number = data.getName();
    if (number.matches("\\d") && Integer.parseInt(number) < leaves.size()) {
      add(layer, leaves.get(Integer.parseInt(number)), data);
    }
  }

  /** Later versions of Keras 3 write the layer's name beside its variables. */
  private static Optional<String> stated(Group vars) {
    return vars.getAttributes().containsKey("name")
        ? Optional.of(String.valueOf(vars.getAttribute("name").getData()))
        : Optional.empty();
  }

  private void add(String layer, String leaf, Dataset data) {
    KerasVariables.name(leaf)
        .ifPresent(
            name ->
                variables.put(
                    layer + "." + name, new Variable(data, leaf.startsWith("depthwise"))));
  }

  @Override
  public String format() {
    return "a file of Keras";
  }

  @Override
  public List<Entry> entries() {
    return variables.entrySet().stream()
        .map(each -> new Entry(each.getKey(), shape(each.getValue())))
        .toList();
  }

  /** The place of each of PyTorch's dimensions among Keras's. */
  private static int[] order(Variable variable) {
    int rank = variable.data().getDimensions().length;
    return switch (rank) {
      case 2 -> new int[] {1, 0};
      case 4 -> variable.depthwise() ? new int[] {2, 3, 0, 1} : new int[] {3, 2, 0, 1};
      default -> IntStream.range(0, rank).toArray();
    };
  }

  private static List<Long> shape(Variable variable) {
    int[] there = variable.data().getDimensions();
    return Arrays.stream(order(variable)).mapToObj(d -> (long) there[d]).toList();
  }

  @Override
  public void read(Entry entry, INDArray target) throws IOException {
    Variable variable = Objects.requireNonNull(variables.get(entry.name()));
    Object data;
    try {
      data = variable.data().getDataFlat();
    } catch (HdfException | OutOfMemoryError e) {
      throw damaged(file, e);
    }
    if (!(data instanceof float[] values) || values.length != target.length()) {
      throw new DamagedFileException(
          file,
          "tensor " + entry.name(),
          target.length() + " elements of float32",
          variable.data().getSize() + " of " + variable.data().getJavaType());
    }
    int[] there = variable.data().getDimensions();
    int[] order = order(variable);
    int[] strides = new int[there.length];
    int stride = 1;
    for (int d = there.length - 1; d >= 0; d--) {
      strides[d] = stride;
      stride *= there[d];
    }
    int[] shape = Arrays.stream(order).map(d -> there[d]).toArray();
    int[] steps = Arrays.stream(order).map(d -> strides[d]).toArray();
    gather(values, shape, steps, 0, 0, ArrayMemory.floats(target));
  }

  private static void gather(
      float[] values, int[] shape, int[] steps, int dimension, int at, FloatBuffer to) {
    if (dimension == shape.length) {
      to.put(values[at]);
      return;
    }
    for (int i = 0; i < shape[dimension]; i++) {
      gather(values, shape, steps, dimension + 1, at + i * steps[dimension], to);
    }
  }

  @Override
  public void close() {
    hdf.close();
  }
}
