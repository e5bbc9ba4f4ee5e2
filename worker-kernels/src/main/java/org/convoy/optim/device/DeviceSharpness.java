package org.convoy.optim.device;

import java.util.List;
import java.util.stream.LongStream;
import org.convoy.kernels.cuda.Arguments;
import org.convoy.kernels.cuda.Device;
import org.convoy.kernels.cuda.DeviceTable;
import org.convoy.kernels.cuda.DeviceVector;
import org.convoy.optim.DecayMask;
import org.convoy.optim.Sharpness;

/** {@link Sharpness} in a device's memory. */
public final class DeviceSharpness implements AutoCloseable {
  private final Device device;
  private final Sharpness rule;
  private final int blocks;
  private final DeviceTable table;

  /**
   * @param trained the elements that are trained
   */
  public DeviceSharpness(Device device, Sharpness rule, List<DecayMask.Range> trained) {
    this.device = device;
    this.rule = rule;
    List<DecayMask.Range> all = Sharpness.blocks(trained);
    this.blocks = all.size();
    long[] numbers =
        all.stream().flatMapToLong(each -> LongStream.of(each.from(), each.to())).toArray();
    this.table = DeviceTable.of(device, numbers, (long) blocks * Double.BYTES);
  }

  /**
   * Computes the parameters of the second pass.
   *
   * @param parameters w, only read
   * @param gradient g, only read
   * @param moved becomes w + e
   */
  public void climb(DeviceVector parameters, DeviceVector gradient, DeviceVector moved) {
    long sums = 2L * blocks * Long.BYTES;
    launch("sharpness_squares", blocks, 0, parameters, gradient, table.address() + sums);
    double scale = rule.scale(table.doubles(sums, blocks));
    launch("sharpness_climb", moved.length(), scale, parameters, gradient, moved.address());
  }

  private void launch(
      String kernel,
      long count,
      double scale,
      DeviceVector parameters,
      DeviceVector gradient,
      long target) {
    long[] sizes = {blocks, rule.adaptive() ? 1 : 0, Double.doubleToRawLongBits(scale)};
    try (Arguments arguments = new Arguments(count, sizes, new float[0])) {
      arguments.tensor(0, parameters.address());
      arguments.tensor(1, gradient.address());
      arguments.tensor(2, table.address());
      arguments.tensor(3, target);
      device.launch(device.kernel(kernel + "_any"), arguments);
    }
  }

  @Override
  public void close() {
    table.close();
  }
}
