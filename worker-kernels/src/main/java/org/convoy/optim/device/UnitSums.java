package org.convoy.optim.device;

import java.util.List;
import java.util.stream.LongStream;
import org.convoy.kernels.cuda.Arguments;
import org.convoy.kernels.cuda.Device;
import org.convoy.kernels.cuda.DeviceTable;
import org.convoy.kernels.cuda.DeviceVector;
import org.convoy.optim.OwnedChunk;
import org.convoy.optim.Units;

/** The parts of units in an owner's chunks: their sums of squares, and their factors. */
final class UnitSums implements AutoCloseable {
  private static final int PART = 3;

  private final Device device;
  private final int count;
  private final long tableBytes;
  private final DeviceTable parts;
  private final DeviceTable factors;
  private final Arguments squares;
  private final Arguments scale;

  UnitSums(DeviceVector parameters, DeviceVector gradient, Units units, List<OwnedChunk> chunks) {
    this.device = parameters.device();
    LongStream.Builder table = LongStream.builder();
    for (OwnedChunk chunk : chunks) {
      long to = chunk.from() + chunk.parameters().length();
      int past = units.first(chunk.from()) + units.within(chunk.from(), to);
      for (int unit = units.first(chunk.from()); unit < past; unit++) {
        table
            .add(Math.max(chunk.from(), units.start(unit)))
            .add(Math.min(to, units.end(unit)))
            .add(unit);
      }
    }
    long[] numbers = table.build().toArray();
    this.count = numbers.length / PART;
    this.tableBytes = (long) Long.BYTES * numbers.length;
    this.parts = DeviceTable.of(device, numbers, 2L * count * Double.BYTES);
    this.factors = new DeviceTable(device, (long) Float.BYTES * Math.max(1, units.count()));
    this.squares = arguments(parameters, gradient, parts.address() + tableBytes);
    this.scale = arguments(parameters, gradient, factors.address());
  }

  private Arguments arguments(DeviceVector parameters, DeviceVector gradient, long last) {
    Arguments arguments = new Arguments(count, new long[0], new float[0]);
    arguments.tensor(0, parameters.address());
    arguments.tensor(1, gradient.address());
    arguments.tensor(2, parts.address());
    arguments.tensor(3, last);
    return arguments;
  }

  double[] squares() {
    device.launch(device.kernel("unit_squares_any"), squares);
    return parts.doubles(tableBytes, 2 * count);
  }

  void scale(double[] all) {
    float[] rounded = new float[all.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) all[i];
    }
    factors.put(rounded);
    device.launch(device.kernel("unit_scale_any"), scale);
  }

  @Override
  public void close() {
    parts.close();
    factors.close();
    squares.close();
    scale.close();
  }
}
