package org.convoy.optim.device;

import org.convoy.kernels.cuda.DeviceTable;

/** Sums of squares of the gradient of each piece. */
final class GradientSquares implements AutoCloseable {
  private final int count;
  private final DeviceTable table;
  private final Launch launch;

  GradientSquares(UpdaterLaunches launches) {
    long[] ranges = launches.pieces().ranges();
    this.count = ranges.length / 2;
    long sums = (long) count * UpdaterLaunches.LANES * Double.BYTES;
    this.table = DeviceTable.of(launches.device(), ranges, sums);
    this.launch = launches.plain("squares", (long) count * UpdaterLaunches.LANES);
    launch.arguments().tensor(0, launches.gradient().address());
    launch.arguments().tensor(1, table.address());
    launch.arguments().tensor(2, table.address() + (long) Long.BYTES * ranges.length);
  }

  double[] take() {
    launch.run();
    return UpdaterLaunches.totals(
        table.doubles(2L * count * Long.BYTES, count * UpdaterLaunches.LANES));
  }

  @Override
  public void close() {
    table.close();
    launch.close();
  }
}
