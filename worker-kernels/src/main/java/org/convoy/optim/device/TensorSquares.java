package org.convoy.optim.device;

import java.util.ArrayList;
import java.util.List;
import org.convoy.kernels.cuda.DeviceTable;

/** Sums of squares of parts of tensors that decay, and what has to happen before. */
final class TensorSquares implements AutoCloseable {
  private final int count;
  private final DeviceTable table;
  private final List<Launch> steps = new ArrayList<>();

  /**
   * @param name of the optimizer's kernel
   * @param factorsOfRate how many factors it has
   */
  TensorSquares(UpdaterLaunches launches, String name, int factorsOfRate) {
    long[] parts = launches.pieces().tensorParts();
    this.count = parts.length / Pieces.TENSOR_PART;
    long sums = (long) count * UpdaterLaunches.LANES;
    this.table = DeviceTable.of(launches.device(), parts, 2 * sums * Double.BYTES);
    if (launches.optimizer().stateNames().size() > 1) {
      steps.add(launches.of(name + "_moments", launches.pieces().elements(), factorsOfRate));
    }
    steps.add(launches.of(name + "_squares", sums, factorsOfRate));
    steps.get(steps.size() - 1).arguments().tensor(UpdaterLaunches.PARTS, table.address());
  }

  /** Of each part the parameters' sum, then the direction's. */
  double[] take() {
    steps.forEach(Launch::run);
    long at = (long) Pieces.TENSOR_PART * count * Long.BYTES;
    double[] all = UpdaterLaunches.totals(table.doubles(at, 2 * count * UpdaterLaunches.LANES));
    double[] paired = new double[all.length];
    for (int i = 0; i < count; i++) {
      paired[2 * i] = all[i];
      paired[2 * i + 1] = all[count + i];
    }
    return paired;
  }

  @Override
  public void close() {
    table.close();
    steps.forEach(Launch::close);
  }
}
