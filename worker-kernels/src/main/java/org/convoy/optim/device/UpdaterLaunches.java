package org.convoy.optim.device;

import java.util.List;
import org.convoy.kernels.cuda.Arguments;
import org.convoy.kernels.cuda.Device;
import org.convoy.kernels.cuda.DeviceTable;
import org.convoy.kernels.cuda.DeviceVector;
import org.convoy.optim.LayerWise;
import org.convoy.optim.Optimizer;

/**
 * Makes the launches of an updater, with the vectors, tables and sizes that kernels of {@code
 * optimizers.cuh} take. What it refers to stays the updater's.
 *
 * @param state the optimizer's vectors, then those of companions
 * @param rows the pieces
 * @param factors of the optimizer at all rates
 * @param trust ratios of tensors
 */
record UpdaterLaunches(
    DeviceVector parameters,
    DeviceVector gradient,
    Pieces pieces,
    Optimizer optimizer,
    List<DeviceVector> state,
    DeviceTable rows,
    DeviceTable factors,
    DeviceTable trust) {

  /** The sums that are taken beside each other. */
  static final int LANES = 8;

  /** The place of a companion, and of the gradient. */
  static final int SECOND = 1;

  /** The first of an optimizer's tensors that is state. */
  private static final int STATE = 2;

  private static final int PIECES = 6;

  /** The place of factors. */
  static final int FACTORS = 7;

  private static final int TRUST = 8;

  /** The place of parts and their sums. */
  static final int PARTS = 9;

  Device device() {
    return parameters.device();
  }

  /** A launch with the tensors and sizes of the optimizer. */
  Launch of(String name, long count, int factorsOfRate) {
    long[] sizes = {
      pieces.rows().length / Pieces.ROW,
      factorsOfRate,
      0,
      optimizer instanceof LayerWise ? 1 : 0,
      count / LANES
    };
    Launch launch = plain(name, count, sizes);
    Arguments arguments = launch.arguments();
    for (int i = 0; i < optimizer.stateNames().size(); i++) {
      arguments.tensor(STATE + i, state.get(i).address());
    }
    arguments.tensor(PIECES, rows.address());
    arguments.tensor(FACTORS, factors.address());
    arguments.tensor(TRUST, trust.address());
    return launch;
  }

  /** A launch with the parameters and the gradient alone. */
  Launch plain(String name, long count, long... sizes) {
    Arguments arguments = new Arguments(count, sizes, new float[0]);
    arguments.tensor(0, parameters.address());
    arguments.tensor(SECOND, gradient.address());
    return new Launch(device(), device().kernel(name + "_any"), arguments);
  }

  /** The total of each eight sums. */
  static double[] totals(double[] lanes) {
    double[] sums = new double[lanes.length / LANES];
    for (int i = 0; i < lanes.length; i++) {
      sums[i / LANES] += lanes[i];
    }
    return sums;
  }
}
