package org.convoy.driver.training;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.Pointer;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.exchange.sums.Accumulator;
import org.convoy.driver.exchange.sums.Combiner;
import org.convoy.driver.exchange.sums.MicroBatches;
import org.convoy.driver.exchange.sums.VectorLayout;
import org.convoy.driver.exchange.sums.VectorMemory;
import org.convoy.kernels.Backend;
import org.convoy.kernels.cuda.Arguments;
import org.convoy.kernels.cuda.Device;
import org.convoy.kernels.cuda.DeviceVector;
import org.convoy.optim.Companion;
import org.convoy.optim.DecayMask;
import org.convoy.optim.Optimizer;
import org.convoy.optim.OwnedChunk;
import org.convoy.optim.Sharpness;
import org.convoy.optim.Updater;
import org.convoy.optim.device.DeviceSharpness;
import org.convoy.optim.device.DeviceUpdater;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The flat vectors of a run in the memory of the backend's device: parameters and their copies, a
 * micro-batch's gradient, the sums of gradients. Plans, sums and the optimizer work on them there.
 * Running statistics are small; they are kept on the host, as for any backend, and sent after each
 * step.
 *
 * <p>The arrays on the host are prepared for fast copies, where nobody else has done it.
 */
final class DeviceVectors implements VectorMemory, Accumulator, AutoCloseable {
  /** The numbers of the types float32 in the kernels' arguments. */
  private static final long[] FLOAT32 = {0, 0};

  /** A vector on the device, and whether this object has prepared its array. */
  private record Held(DeviceVector vector, boolean pinned, Pointer array) {}

  private final Device device;

  /** By the address of the array. */
  private final Map<Long, Held> held = new HashMap<>();

  private DeviceVectors(Device device) {
    this.device = device;
  }

  /**
   * The vectors of a run whose backend has a device.
   *
   * @param parameters the host's vector, whose values are taken; it stays the caller's
   * @param gradient the host's vector; it stays the caller's
   */
  static Optional<DeviceVectors> of(Backend backend, INDArray parameters, INDArray gradient) {
    Optional<DeviceVectors> vectors = backend.device().map(DeviceVectors::new);
    vectors.ifPresent(
        there -> {
          there.hold(parameters);
          there.hold(gradient);
          there.send(parameters, 0, parameters.length());
        });
    return vectors;
  }

  /**
   * The device's memory that a run takes for sums, copies, the second pass of {@code sharpness},
   * the optimizer and averages. Parameters and gradient stand in for the copies of plans, which
   * {@link org.convoy.kernels.PlanMemory} counts.
   *
   * @param updated the most parameters that an executor updates
   */
  static long bytes(Recipe recipe, MicroBatches range, VectorLayout layout, long updated) {
    long second = recipe.sharpness().on() ? Float.BYTES * layout.length() : 0;
    return second
        + recipe.exchange().combine().vectorBytes(range, layout)
        + OwnedChunks.bytesPerParameter(recipe) * updated;
  }

  private static Pointer address(INDArray array) {
    return array.data().addressPointer();
  }

  @Override
  public void hold(INDArray vector) {
    Pointer array = address(vector);
    if (!held.containsKey(array.address())) {
      DeviceVector there = new DeviceVector(device, vector.length());
      boolean pinned = device.pin(array, vector.length() * Float.BYTES);
      held.put(array.address(), new Held(there, pinned, array));
    }
  }

  @Override
  public void release(INDArray vector) {
    Held gone = held.remove(address(vector).address());
    if (gone != null) {
      device.finish();
      close(gone);
    }
  }

  private void close(Held each) {
    if (each.pinned()) {
      device.unpin(each.array());
    }
    each.vector().close();
  }

  /** The device's copy of a vector that is held. */
  DeviceVector vector(INDArray vector) {
    Held there = held.get(address(vector).address());
    if (there == null) {
      throw new IllegalArgumentException("this vector has no copy on " + device.name());
    }
    return there.vector();
  }

  /** What updates a share's chunks. */
  Updater updater(
      Combiner.Share share,
      List<OwnedChunk> owned,
      Optimizer optimizer,
      List<Companion> companions) {
    return new DeviceUpdater(
        vector(share.parameters()), vector(share.sum()), owned, optimizer, companions);
  }

  /**
   * What moves parameters to where the loss is higher.
   *
   * @param trained the elements that are trained
   */
  DeviceSharpness sharpness(Sharpness rule, List<DecayMask.Range> trained) {
    return new DeviceSharpness(device, rule, trained);
  }

  @Override
  public Optional<Accumulator> accumulator() {
    return Optional.of(this);
  }

  @Override
  public void take(INDArray target, INDArray source, long from, long to, boolean rounded) {
    DeviceVector there = vector(target);
    DeviceVector taken = vector(source);
    if (rounded) {
      sumRounded(there, taken, from, to, false);
    } else if (there != taken) {
      launch("convert_any", from, to, FLOAT32, taken, there);
    }
  }

  @Override
  public void add(INDArray target, INDArray source, long from, long to, boolean rounded) {
    DeviceVector sum = vector(target);
    DeviceVector added = vector(source);
    if (rounded) {
      sumRounded(sum, added, from, to, true);
    } else {
      launch("add_float32", from, to, new long[0], added, sum, sum);
    }
  }

  private void sumRounded(DeviceVector sum, DeviceVector source, long from, long to, boolean add) {
    launch("rounded_sum_any", from, to, new long[] {add ? 1 : 0}, source, sum);
  }

  /** A kernel over elements {@code [from, to)} of vectors. */
  private void launch(String name, long from, long to, long[] sizes, DeviceVector... vectors) {
    try (Arguments arguments = new Arguments(to - from, sizes, new float[] {1})) {
      for (int i = 0; i < vectors.length; i++) {
        arguments.tensor(i, vectors[i].address(from));
      }
      device.launch(device.kernel(name), arguments);
    }
  }

  @Override
  public Runnable fetch(INDArray vector, long from, long to) {
    Device.Arrival arrival = vector(vector).downloadBeside(address(vector), from, to);
    return () -> {
      arrival.await();
      arrival.close();
    };
  }

  @Override
  public void send(INDArray vector, long from, long to) {
    vector(vector).uploadBeside(address(vector), from, to);
  }

  /**
   * Sends other values in the place of a vector's.
   *
   * @param values may be changed afterwards
   */
  void sendOther(INDArray vector, INDArray values) {
    vector(vector).upload(address(values), 0, values.length());
  }

  @Override
  public void close() {
    device.finish();
    held.values().forEach(this::close);
    held.clear();
  }
}
