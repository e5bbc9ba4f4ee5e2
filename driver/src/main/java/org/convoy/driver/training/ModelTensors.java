package org.convoy.driver.training;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.convoy.artifact.SavedModel;
import org.convoy.artifact.weights.TensorFile;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.models.SparseAutoencoder;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The tensors of a saved model, as of any other file of weights, without those that self-supervised
 * training adds. Owns the model.
 */
final class ModelTensors implements TensorFile {
  private final SavedModel model;
  private final Parameters layout;
  private final Set<String> without;

  /**
   * @param without names of tensors that are not to be taken
   */
  ModelTensors(SavedModel model, Set<String> without) {
    this.model = model;
    this.layout = Parameters.of(model.graph());
    this.without = without;
  }

  @Override
  public String format() {
    return "a " + model.graph().name();
  }

  @Override
  public List<Entry> entries() {
    return layout.all().stream()
        .filter(parameter -> !without.contains(parameter.name()))
        .filter(parameter -> !ProjectionHead.has(parameter.name()))
        .filter(parameter -> !SparseAutoencoder.isDecoder(parameter.name()))
        .map(parameter -> new Entry(parameter.name(), shape(parameter)))
        .toList();
  }

  private static List<Long> shape(Parameter parameter) {
    return parameter.shape().dimensions().stream().map(Integer::longValue).toList();
  }

  @Override
  public Map<String, String> metadata() {
    return Map.of();
  }

  @Override
  public void read(Entry entry, INDArray target) {
    INDArray tensor = layout.view(model.weights(), layout.get(entry.name()));
    target.assign(tensor.reshape(target.shape()));
  }

  @Override
  public void close() {
    model.weights().close();
  }
}
