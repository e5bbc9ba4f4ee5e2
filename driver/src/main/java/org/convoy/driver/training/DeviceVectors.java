package org.convoy.driver.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.Pointer;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.evaluation.Weights;
import org.convoy.driver.exchange.sums.Accumulator;
import org.convoy.driver.exchange.sums.Chunks;
import org.convoy.driver.exchange.sums.Combiner;
import org.convoy.driver.exchange.sums.MicroBatches;
import org.convoy.driver.exchange.sums.PartialSums;
import org.convoy.driver.exchange.sums.SynchronousSum;
import org.convoy.kernels.Backend;
import org.convoy.kernels.cuda.Arguments;
import org.convoy.kernels.cuda.Device;
import org.convoy.kernels.cuda.DeviceVector;
import org.convoy.optim.Companion;
import org.convoy.optim.Optimizer;
import org.convoy.optim.OwnedChunk;
import org.convoy.optim.Updater;
import org.convoy.optim.device.DeviceUpdater;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The flat vectors of a run in the memory of the backend's device: parameters, a micro-batch's
 * gradient, the sums of gradients. Plans, sums and the optimizer work on them there.
 *
 * <p>What other executors need crosses to the host and back: chunks of sums while backward computes
 * the rest, and new parameters. A single executor moves neither. Running statistics are small; they
 * are kept on the host, as for any backend, and sent after each step.
 */
final class DeviceVectors implements Accumulator, AutoCloseable {
  /** The numbers of the types float32 in the kernels' arguments. */
  private static final long[] FLOAT32 = {0, 0};

  private final Device device;
  private final INDArray hostParameters;
  private final INDArray hostGradient;
  private final DeviceVector parameters;
  private final DeviceVector gradient;
  private final List<DeviceVector> sums = new ArrayList<>();
  private final List<Pointer> pinned = new ArrayList<>();

  /**
   * @param parameters the host's vector, whose values are taken; it stays the caller's
   * @param gradient the host's vector; it stays the caller's
   */
  private DeviceVectors(Device device, INDArray parameters, INDArray gradient) {
    this.device = device;
    this.hostParameters = parameters;
    this.hostGradient = gradient;
    this.parameters = new DeviceVector(device, parameters.length());
    this.gradient = new DeviceVector(device, gradient.length());
    pin(parameters);
    pin(gradient);
    sendAll();
  }

  /** The vectors of a run whose backend and recipe keep them on a device. */
  static Optional<DeviceVectors> of(
      Recipe recipe, Backend backend, INDArray parameters, INDArray gradient) {
    return fit(recipe)
        ? backend.device().map(device -> new DeviceVectors(device, parameters, gradient))
        : Optional.empty();
  }

  /**
   * Whether all that a recipe does with flat vectors can be done on a device. Other runs have the
   * vectors on the host, and plans copy them.
   */
  static boolean fit(Recipe recipe) {
    return recipe.exchange().combine() instanceof SynchronousSum && !recipe.sharpness().on();
  }

  /**
   * The device's memory that a run takes for sums, the optimizer and averages. Parameters and
   * gradient stand in for the copies of plans, which {@link org.convoy.kernels.PlanMemory} counts.
   *
   * @param trained the length of a sum
   * @param updated the most parameters that an executor updates
   */
  static long bytes(Recipe recipe, MicroBatches range, long trained, long updated) {
    int sums = range.count() == 1 ? 0 : PartialSums.vectors(range);
    return Float.BYTES * sums * trained + OwnedChunks.bytesPerParameter(recipe) * updated;
  }

  private void pin(INDArray array) {
    Pointer memory = address(array);
    if (device.pin(memory, array.length() * Float.BYTES)) {
      pinned.add(memory);
    }
  }

  private static Pointer address(INDArray array) {
    return array.data().addressPointer();
  }

  /** Prepares for the sums of a range of micro-batches. */
  void sumsOf(MicroBatches range, long trained) {
    closeSums();
    int count = range.count() == 1 ? 0 : PartialSums.vectors(range);
    for (int i = 0; i < count; i++) {
      sums.add(new DeviceVector(device, trained));
    }
  }

  DeviceVector parameters() {
    return parameters;
  }

  DeviceVector gradient() {
    return gradient;
  }

  /** What updates chunks of these vectors. */
  Updater updater(List<OwnedChunk> owned, Optimizer optimizer, List<Companion> companions) {
    return new DeviceUpdater(parameters, vector(0), owned, optimizer, companions);
  }

  /** Vector 0 has a step's sum at last. Where there is one micro-batch, it is its gradient. */
  private DeviceVector vector(int number) {
    return sums.isEmpty() ? gradient : sums.get(number);
  }

  @Override
  public void take(int vector, boolean added, long from, long to) {
    DeviceVector target = vector(vector);
    if (added) {
      add(gradient, target, from, to);
    } else if (target != gradient) {
      try (Arguments copy = new Arguments(to - from, FLOAT32, new float[] {1})) {
        copy.tensor(0, gradient.address(from));
        copy.tensor(1, target.address(from));
        device.launch(device.kernel("convert_any"), copy);
      }
    }
  }

  @Override
  public void merge(int vector, long from, long to) {
    add(vector(vector), vector(vector - 1), from, to);
  }

  private void add(DeviceVector source, DeviceVector target, long from, long to) {
    try (Arguments sum = new Arguments(to - from, new long[0], new float[0])) {
      sum.tensor(0, source.address(from));
      sum.tensor(1, target.address(from));
      sum.tensor(2, target.address(from));
      device.launch(device.kernel("add_float32"), sum);
    }
  }

  @Override
  public Runnable fetch(int vector, INDArray target, long from, long to) {
    return waiting(vector(vector), target, from, to);
  }

  private static Runnable waiting(DeviceVector source, INDArray target, long from, long to) {
    Device.Arrival arrival = source.downloadBeside(address(target), from, to);
    return () -> {
      arrival.await();
      arrival.close();
    };
  }

  /** Brings a micro-batch's moments to the host's gradient. */
  void fetchMoments(long from, long to) {
    gradient.download(address(hostGradient), from, to);
  }

  /**
   * Takes the sums of the chunks that a share updates from the host, where several executors have
   * added to them.
   */
  void takeSums(Combiner.Share share, Chunks chunks) {
    if (share.owners() == 1) {
      return;
    }
    for (int chunk = share.rank(); chunk < chunks.count(); chunk += share.owners()) {
      long from = chunks.start(chunk);
      vector(0).uploadBeside(address(share.sum()), from, from + chunks.length(chunk));
    }
  }

  /** Gives the host the parameters that a share has updated, where other executors need them. */
  void giveParameters(Combiner.Share share, Chunks chunks) {
    if (share.owners() == 1) {
      return;
    }
    List<Runnable> coming = new ArrayList<>();
    for (int chunk = share.rank(); chunk < chunks.count(); chunk += share.owners()) {
      long from = chunks.start(chunk);
      coming.add(waiting(parameters, hostParameters, from, from + chunks.length(chunk)));
    }
    coming.forEach(Runnable::run);
  }

  /**
   * Takes what the host has of a step's new values: running statistics, and the parameters that
   * others have updated. A single executor's own parameters stay here until somebody asks for them.
   */
  void takeOthers(Combiner.Share share, Chunks chunks, Weights weights) {
    long trained = weights.layout().trainableLength();
    send(trained, hostParameters.length());
    if (share.owners() == 1) {
      weights.newerElsewhere(() -> parameters.download(address(hostParameters), 0, trained));
    }
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      if (chunks.owner(chunk, share.owners()) != share.rank()) {
        long from = chunks.start(chunk);
        send(from, from + chunks.length(chunk));
      }
    }
  }

  private void send(long from, long to) {
    parameters.uploadBeside(address(hostParameters), from, to);
  }

  /** Sends all parameters and running statistics. */
  void sendAll() {
    sendOther(hostParameters);
  }

  /** Sends other values in the place of the parameters. */
  void sendOther(INDArray values) {
    parameters.upload(address(values), 0, values.length());
  }

  private void closeSums() {
    sums.forEach(DeviceVector::close);
    sums.clear();
  }

  @Override
  public void close() {
    device.finish();
    pinned.forEach(device::unpin);
    closeSums();
    parameters.close();
    gradient.close();
  }
}
