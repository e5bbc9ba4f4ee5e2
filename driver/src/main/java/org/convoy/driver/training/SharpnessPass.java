package org.convoy.driver.training;

import java.util.List;
import java.util.Optional;
import org.convoy.graph.Parameters;
import org.convoy.optim.DecayMask;
import org.convoy.optim.Sharpness;
import org.convoy.optim.device.DeviceSharpness;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The parameters of a micro-batch's second pass, where the loss is higher. The moments of norms are
 * those of the first pass, at the parameters themselves.
 */
final class SharpnessPass implements AutoCloseable {
  private final Sharpness rule;
  private final Optional<DeviceVectors> device;
  private final Optional<DeviceSharpness> onDevice;
  private final List<DecayMask.Range> trained;
  private final long statistics;
  private final INDArray moved;
  private final INDArray moments;

  /**
   * @param device has the vectors, if they are not on the host
   */
  SharpnessPass(
      Sharpness rule, Parameters layout, ParameterGroups groups, Optional<DeviceVectors> device) {
    this.rule = rule;
    this.device = device;
    this.statistics = layout.trainableLength();
    this.trained =
        groups.runs(0, statistics).stream()
            .map(run -> new DecayMask.Range(run.from(), run.to()))
            .toList();
    this.moved = Nd4j.create(DataType.FLOAT, layout.length());
    this.moments = Nd4j.create(DataType.FLOAT, Math.max(1, layout.length() - statistics));
    device.ifPresent(there -> there.hold(moved));
    this.onDevice = device.map(there -> there.sharpness(rule, trained));
  }

  /** Native bytes that it takes. */
  static long bytes(Parameters layout) {
    return Float.BYTES * (2 * layout.length() - layout.trainableLength());
  }

  /**
   * The parameters of the second pass, from those and the gradient of the first one. Keeps the
   * first one's moments.
   */
  INDArray climb(INDArray parameters, INDArray gradient) {
    if (onDevice.isPresent()) {
      DeviceVectors there = device.orElseThrow();
      onDevice.get().climb(there.vector(parameters), there.vector(gradient), there.vector(moved));
    } else {
      moved.assign(parameters);
      rule.climb(parameters, gradient, trained, moved);
    }
    if (statistics < gradient.length()) {
      moments.assign(part(gradient));
    }
    return moved;
  }

  /** Puts the first pass's moments back, after the second one. */
  void restoreMoments(INDArray gradient) {
    if (statistics < gradient.length()) {
      part(gradient).assign(moments);
      device.ifPresent(there -> there.send(gradient, statistics, gradient.length()));
    }
  }

  private INDArray part(INDArray gradient) {
    return gradient.get(NDArrayIndex.interval(statistics, gradient.length()));
  }

  @Override
  public void close() {
    onDevice.ifPresent(DeviceSharpness::close);
    device.ifPresent(there -> there.release(moved));
    moved.close();
    moments.close();
  }
}
