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
 * How the moments of many micro-batches become running statistics, exactly.
 *
 * <p>A plan leaves two numbers per channel in the flat gradient: at the running mean's place {@code
 * d = mean - r}, r being the running mean before the step, and at the running variance's place
 * {@code variance + d * d}, the variance biased. Both are means over the micro-batch, so their sum
 * over M micro-batches divided by M gives the moments of the whole global batch: the mean is {@code
 * r + d'}, the biased variance {@code v' - d' * d'}. Moments are taken about r, since about zero a
 * large mean would cancel the variance.
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
   * @param frozen as the plans were asked: statistics of frozen norms do not move
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
   * @param microBatches how many were summed
   */
  public void update(INDArray parameters, INDArray moments, int microBatches) {
    DataBuffer values = parameters.data();
    DataBuffer sums = moments.data();
    for (Place place : places) {
      for (int c = 0; c < place.channels; c++) {
        double shift = sums.getDouble(place.mean + c) / microBatches;
        double second = sums.getDouble(place.variance + c) / microBatches;
        double variance = Math.max(0, second - shift * shift) * place.unbias;
        double mean = values.getDouble(place.mean + c);
        double running = values.getDouble(place.variance + c);
        values.put(place.mean + c, mean + place.momentum * shift);
        values.put(place.variance + c, running + place.momentum * (variance - running));
      }
    }
  }
}
