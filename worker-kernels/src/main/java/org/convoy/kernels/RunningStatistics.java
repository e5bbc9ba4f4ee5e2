package org.convoy.kernels;

import java.util.ArrayList;
import java.util.List;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Computes running statistics exactly from the moments of many micro-batches.
 *
 * <p>A plan writes two numbers per channel into the flat gradient. In the running mean's place it
 * writes {@code d = mean - r}, where r is the running mean before the step. In the running
 * variance's place it writes {@code variance + d * d} with the biased variance. Both are means over
 * the micro-batch, so their sum over M micro-batches divided by M gives the moments of the whole
 * global batch: the mean is {@code r + d'}, the biased variance {@code v' - d' * d'}. Moments are
 * taken about r, because about zero a large mean would cause cancellation in the variance.
 */
public final class RunningStatistics {
  private record Place(long mean, long variance, int channels, double momentum, double unbias) {}

  private final List<Place> places = new ArrayList<>();

  /**
   * @param globalBatch samples of all micro-batches together
   */
  public RunningStatistics(Graph graph, Parameters layout, long globalBatch) {
    this(graph, layout, globalBatch, Frozen.NONE);
  }

  /**
   * @param globalBatch samples of all micro-batches together
   * @param frozen the same as in the plans' requests; statistics of frozen norms do not move
   */
  public RunningStatistics(Graph graph, Parameters layout, long globalBatch, Frozen frozen) {
    for (Node node : graph.nodes()) {
      if (node.op() instanceof BatchNorm norm) {
        List<Parameter> tensors = layout.of(graph, node);
        if (frozen.norm(tensors)) {
          continue;
        }
        Parameter mean = tensors.get(2);
        double count = (double) globalBatch * node.shape().positions();
        double unbias = count > 1 ? count / (count - 1) : 1;
        places.add(
            new Place(
                mean.offset(),
                tensors.get(3).offset(),
                Math.toIntExact(mean.length()),
                norm.momentum(),
                unbias));
      }
    }
  }

  /**
   * Moves the running statistics by one step.
   *
   * @param parameters the flat vector; its statistics are updated
   * @param moments the flat vector whose statistics' places hold the sums of moments over the
   *     micro-batches
   * @param microBatches the number of micro-batches that were summed
   */
  public void update(INDArray parameters, INDArray moments, int microBatches) {
    places.forEach(place -> update(place, place.momentum, parameters, moments, microBatches));
  }

  /**
   * Moves the running statistics by one step, all with the same momentum. With 1 / n in the n-th
   * step they become the mean over all steps.
   *
   * @param momentum the weight of this step's statistics
   */
  public void update(INDArray parameters, INDArray moments, int microBatches, double momentum) {
    places.forEach(place -> update(place, momentum, parameters, moments, microBatches));
  }

  private static void update(
      Place place, double momentum, INDArray parameters, INDArray moments, int microBatches) {
    DataBuffer values = parameters.data();
    DataBuffer sums = moments.data();
    for (int c = 0; c < place.channels; c++) {
      double shift = sums.getDouble(place.mean + c) / microBatches;
      double second = sums.getDouble(place.variance + c) / microBatches;
      double variance = Math.max(0, second - shift * shift) * place.unbias;
      double mean = values.getDouble(place.mean + c);
      double running = values.getDouble(place.variance + c);
      values.put(place.mean + c, mean + momentum * shift);
      values.put(place.variance + c, running + momentum * (variance - running));
    }
  }
}
