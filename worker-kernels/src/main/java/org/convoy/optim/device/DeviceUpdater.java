package org.convoy.optim.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.convoy.kernels.cuda.Device;
import org.convoy.kernels.cuda.DeviceTable;
import org.convoy.kernels.cuda.DeviceVector;
import org.convoy.optim.Companion;
import org.convoy.optim.LayerWise;
import org.convoy.optim.Optimizer;
import org.convoy.optim.OwnedChunk;
import org.convoy.optim.StepSettings;
import org.convoy.optim.Units;
import org.convoy.optim.Updater;
import org.convoy.settings.Variants;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Moves parameters in a device's memory. A step is one launch for all elements, whatever their
 * tensors, rates and chunks: a kernel finds an element's place in a table.
 */
public final class DeviceUpdater implements Updater {
  /** Numbers that a companion may have. */
  private static final int MOST_FACTORS = 8;

  private final Device device;
  private final DeviceVector parameters;
  private final DeviceVector gradient;
  private final List<OwnedChunk> chunks;
  private final Optimizer optimizer;
  private final List<Companion> companions;
  private final Pieces pieces;
  private final List<DeviceVector> state = new ArrayList<>();
  private final DeviceTable rows;
  private final DeviceTable factors;
  private final DeviceTable trust;
  private final List<DeviceTable> companionFactors = new ArrayList<>();
  private final Launch step;
  private final List<Launch> following = new ArrayList<>();
  private final GradientSquares squares;
  private final Optional<TensorSquares> tensorSquares;
  private Optional<UnitSums> unitSums = Optional.empty();

  /**
   * @param parameters the whole vector
   * @param gradient the sum of the gradients, at the same places
   * @param chunks whose state is taken
   * @param companions the rules of each chunk's companions
   */
  public DeviceUpdater(
      DeviceVector parameters,
      DeviceVector gradient,
      List<OwnedChunk> chunks,
      Optimizer optimizer,
      List<Companion> companions) {
    this.device = parameters.device();
    this.parameters = parameters;
    this.gradient = gradient;
    this.chunks = List.copyOf(chunks);
    this.optimizer = optimizer;
    this.companions = List.copyOf(companions);
    this.pieces = new Pieces(chunks);
    int vectors = optimizer.stateNames().size() + companions.size();
    for (int i = 0; i < vectors; i++) {
      state.add(new DeviceVector(device, Math.max(1, pieces.stateLength())));
    }
    this.rows = DeviceTable.of(device, pieces.rows(), 0);
    int count = optimizer.factors(new StepSettings(0, 0, 1)).length;
    this.factors =
        new DeviceTable(device, (long) Float.BYTES * count * Math.max(1, pieces.rates().size()));
    this.trust = new DeviceTable(device, (long) Float.BYTES * Math.max(1, pieces.tensors()));
    String name = kernel(optimizer);
    UpdaterLaunches launches =
        new UpdaterLaunches(parameters, gradient, pieces, optimizer, state, rows, factors, trust);
    this.step = launches.of(name, pieces.elements(), count);
    for (int i = 0; i < companions.size(); i++) {
      DeviceTable numbers = new DeviceTable(device, (long) MOST_FACTORS * Float.BYTES);
      DeviceVector follower = state.get(optimizer.stateNames().size() + i);
      Launch launch = launches.of(kernel(companions.get(i)), pieces.elements(), 0);
      launch.arguments().tensor(UpdaterLaunches.SECOND, follower.address());
      launch.arguments().tensor(UpdaterLaunches.FACTORS, numbers.address());
      companionFactors.add(numbers);
      following.add(launch);
    }
    this.squares = new GradientSquares(launches);
    this.tensorSquares =
        optimizer instanceof LayerWise
            ? Optional.of(new TensorSquares(launches, name, count))
            : Optional.empty();
    sendState();
  }

  /** The bytes of the device's memory that state takes, tables left out. */
  public static long bytesPerParameter(Optimizer optimizer, int companions) {
    return (long) Float.BYTES * (optimizer.stateNames().size() + companions);
  }

  private static String kernel(Object rule) {
    return Variants.name(rule.getClass()).replace('-', '_');
  }

  @Override
  public double[] gradientSquares() {
    return squares.take();
  }

  @Override
  public double[] unitSquares(Units units) {
    return sumsOf(units).squares();
  }

  @Override
  public void scale(Units units, double[] all) {
    sumsOf(units).scale(all);
  }

  private UnitSums sumsOf(Units units) {
    if (unitSums.isEmpty()) {
      unitSums = Optional.of(new UnitSums(parameters, gradient, units, chunks));
    }
    return unitSums.get();
  }

  @Override
  public double[] measure(LayerWise rule, StepSettings settings) {
    putFactors(rule, settings);
    return tensorSquares.orElseThrow().take();
  }

  private void putFactors(Optimizer rule, StepSettings settings) {
    float[] all = new float[0];
    for (int i = 0; i < pieces.rates().size(); i++) {
      float[] one = rule.factors(settings.times(pieces.rates().get(i)));
      if (all.length == 0) {
        all = new float[one.length * pieces.rates().size()];
      }
      System.arraycopy(one, 0, all, i * one.length, one.length);
    }
    factors.put(all);
  }

  @Override
  public void update(Optimizer rule, StepSettings settings) {
    if (!rule.equals(optimizer)) {
      throw new IllegalArgumentException("expected " + optimizer + ", got " + rule);
    }
    putFactors(rule, settings);
    if (rule instanceof LayerWise) {
      float[] ratios = new float[pieces.tensors()];
      for (int i = 0; i < ratios.length; i++) {
        ratios[i] = settings.trust().of(i);
      }
      trust.put(ratios);
    }
    step.run();
    for (int i = 0; i < companions.size(); i++) {
      float[] numbers = companions.get(i).factors(settings.step());
      if (numbers.length > 0) {
        companionFactors.get(i).put(numbers);
        following.get(i).run();
      }
    }
  }

  /** Copies between a chunk's part of a state vector and its array. */
  @FunctionalInterface
  private interface Copy {
    void copy(long onDevice, Pointer onHost, long bytes);
  }

  private void eachState(Copy copy) {
    for (int chunk = 0; chunk < chunks.size(); chunk++) {
      List<INDArray> arrays =
          Stream.of(chunks.get(chunk).state(), chunks.get(chunk).companions())
              .flatMap(List::stream)
              .toList();
      for (int i = 0; i < arrays.size(); i++) {
        copy.copy(
            state.get(i).address(pieces.stateAt(chunk)),
            arrays.get(i).data().addressPointer(),
            arrays.get(i).length() * Float.BYTES);
      }
    }
  }

  @Override
  public void fetchState() {
    eachState((onDevice, onHost, bytes) -> device.download(onHost, onDevice, bytes));
  }

  @Override
  public void sendState() {
    eachState(device::upload);
  }

  @Override
  public void close() {
    step.close();
    following.forEach(Launch::close);
    squares.close();
    tensorSquares.ifPresent(TensorSquares::close);
    unitSums.ifPresent(UnitSums::close);
    Stream.of(List.of(rows, factors, trust), companionFactors)
        .flatMap(List::stream)
        .forEach(DeviceTable::close);
    state.forEach(DeviceVector::close);
  }
}
