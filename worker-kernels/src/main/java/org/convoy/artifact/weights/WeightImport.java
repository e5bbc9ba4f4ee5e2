package org.convoy.artifact.weights;

import java.io.IOException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.convoy.artifact.FiniteTensors;
import org.convoy.artifact.Tensor;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * How the tensors of a file become those of a network: by the table of names that fits best. A
 * tensor fits if it has the shape of the network's, where dimensions of 1 do not count and a
 * convolution over the whole image is a linear layer.
 *
 * <p>The head is the tensors whose shape depends on the number of classes. If the file has no head
 * of the network's shape, the whole head is left as it is. Auxiliary outputs that the file does not
 * have are left as they are too.
 */
public final class WeightImport {
  private final TensorFile file;
  private final Graph graph;
  private final Parameters layout;
  private final NameTable table;
  private final Set<String> remade = new TreeSet<>();
  private final Map<TensorFile.Entry, Parameter> taken = new LinkedHashMap<>();
  private final Map<TensorFile.Entry, Parameter> folded = new LinkedHashMap<>();
  private final SortedSet<String> missing = new TreeSet<>();
  private final SortedSet<String> extra = new TreeSet<>();
  private final SortedSet<String> misshapen = new TreeSet<>();

  private WeightImport(TensorFile file, Graph graph, Set<String> head, NameTable table) {
    this.file = file;
    this.graph = graph;
    this.layout = Parameters.of(graph);
    this.table = table;
    layout.all().forEach(parameter -> missing.add(parameter.name()));
    Set<String> wrong = new HashSet<>();
    for (TensorFile.Entry entry : file.entries()) {
      table.name(entry.name()).ifPresent(name -> match(entry, name, wrong));
    }
    Parameters main = Parameters.of(graph.main());
    List<String> auxiliary = missing.stream().filter(name -> !main.contains(name)).toList();
    auxiliary.forEach(missing::remove);
    remade.addAll(auxiliary);
    if (head.stream().anyMatch(name -> missing.contains(name) || wrong.contains(name))) {
      remade.addAll(head);
      missing.removeAll(head);
      misshapen.removeIf(text -> head.contains(text.substring(0, text.indexOf(' '))));
      taken.values().removeIf(parameter -> head.contains(parameter.name()));
    }
  }

  private void match(TensorFile.Entry entry, String name, Set<String> wrong) {
    Optional<String> mean = table.foldedInto(name).filter(layout::contains);
    if (mean.isPresent()) {
      folded.put(entry, layout.get(mean.get()));
    } else if (!layout.contains(name) || (!missing.contains(name) && !wrong.contains(name))) {
      extra.add(entry.name());
    } else if (!fits(entry.shape(), layout.get(name))) {
      missing.remove(name);
      wrong.add(name);
      misshapen.add(name + " " + entry.shape() + " for " + layout.get(name).shape());
    } else {
      missing.remove(name);
      taken.put(entry, layout.get(name));
    }
  }

  private static boolean fits(List<Long> shape, Parameter parameter) {
    List<Long> expected = parameter.shape().dimensions().stream().map(Integer::longValue).toList();
    if (proper(shape).equals(proper(expected))) {
      return true;
    }
    return shape.size() == 4
        && expected.size() == 2
        && shape.get(0).equals(expected.get(0))
        && shape.stream().allMatch(n -> n < 1L << 20)
        && shape.get(1) * shape.get(2) * shape.get(3) == expected.get(1);
  }

  private static List<Long> proper(List<Long> shape) {
    return shape.stream().filter(n -> n != 1).toList();
  }

  /**
   * Finds the table of names that fits best.
   *
   * @param file stays the caller's to close
   * @param head names of the tensors whose shape depends on the number of classes
   */
  public static WeightImport of(TensorFile file, Graph graph, Set<String> head) {
    return NameTable.of(graph.name()).stream()
        .map(table -> new WeightImport(file, graph, head, table))
        .min(Comparator.comparingInt(WeightImport::problems))
        .orElseThrow();
  }

  private int problems() {
    return missing.size() + extra.size() + misshapen.size();
  }

  /** The table of names. */
  public NameTable table() {
    return table;
  }

  /** Tensors of the network that the file does not have, other than the head. */
  public SortedSet<String> missing() {
    return missing;
  }

  /** Tensors of the file, by its names, that the network does not have. */
  public SortedSet<String> extra() {
    return extra;
  }

  /** Tensors of another shape: their names, the shapes in the file and those expected. */
  public SortedSet<String> misshapen() {
    return misshapen;
  }

  /**
   * The tensors that are left as they are: those of the head, if the file has none of the network's
   * shape, and those of auxiliary outputs that it does not have.
   */
  public Set<String> remade() {
    return remade;
  }

  /**
   * Copies the file's tensors into a flat vector; those that it does not have stay.
   *
   * @param flat (n) float32 in the layout of the network
   * @throws org.convoy.artifact.NotFiniteException if a tensor has NaN or an infinity
   * @throws org.convoy.artifact.DamagedFileException if the file does not hold what its header says
   */
  public void copyTo(INDArray flat) throws IOException {
    for (TensorFile.Entry entry : file.entries()) {
      Parameter parameter = taken.get(entry);
      if (parameter != null) {
        INDArray part = part(flat, parameter);
        file.read(entry, part);
        FiniteTensors.require(List.of(Tensor.of(entry.name(), part)));
        arrange(part, parameter);
      }
    }
    for (Map.Entry<TensorFile.Entry, Parameter> each : folded.entrySet()) {
      try (INDArray bias = Nd4j.create(DataType.FLOAT, each.getValue().length())) {
        file.read(each.getKey(), bias);
        part(flat, each.getValue()).subi(bias);
      }
    }
    table.epsilon().ifPresent(there -> adaptEpsilon(flat, there));
  }

  /** Orders the elements as they are here. */
  private void arrange(INDArray part, Parameter parameter) {
    int channels = table.channelsLast(parameter.name());
    if (channels > 0) {
      long outputs = parameter.shape().dimension(0);
      INDArray there =
          part.dup().reshape('c', outputs, part.length() / outputs / channels, channels);
      part.assign(there.permute(0, 2, 1).dup('c').reshape(part.shape()));
    }
    if (table.blueFirst(parameter.name())) {
      INDArray weight = part.reshape('c', parameter.shape().toArray());
      INDArray there = weight.dup();
      int last = parameter.shape().dimension(1) - 1;
      for (int channel = 0; channel <= last; channel++) {
        weight
            .get(NDArrayIndex.all(), NDArrayIndex.point(channel))
            .assign(there.get(NDArrayIndex.all(), NDArrayIndex.point(last - channel)));
      }
    }
  }

  /**
   * Norms here may add another epsilon to the variance. In evaluation only the sum counts, so the
   * difference goes into the running variance.
   */
  private void adaptEpsilon(INDArray flat, double there) {
    for (Node node : graph.nodes()) {
      if (node.op() instanceof BatchNorm norm && norm.epsilon() != there) {
        for (Parameter parameter : layout.of(graph, node)) {
          if (parameter.name().endsWith(".running_var")) {
            part(flat, parameter).addi(there - norm.epsilon());
          }
        }
      }
    }
  }

  private static INDArray part(INDArray flat, Parameter parameter) {
    return Objects.requireNonNull(
        flat.get(NDArrayIndex.interval(parameter.offset(), parameter.end())));
  }
}
