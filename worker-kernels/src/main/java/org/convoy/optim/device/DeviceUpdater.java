package org.convoy.optim.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.convoy.kernels.cuda.Arguments;
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
  private static final int LANES = 8;

  /** The first of an optimizer's tensors that is state. */
  private static final int STATE = 2;

  private static final int PIECES = 6;
  private static final int FACTORS = 7;
  private static final int TRUST = 8;
  private static final int PARTS = 9;

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
  private final Sums squares;
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
    this.step = launch(name, pieces.elements(), count);
    for (Companion companion : companions) {
      companionFactors.add(new DeviceTable(device, (long) LANES * Float.BYTES));
      following.add(launch(kernel(companion), pieces.elements(), 0));
    }
    for (int i = 0; i < companions.size(); i++) {
      DeviceVector follower = state.get(optimizer.stateNames().size() + i);
      following.get(i).arguments().tensor(1, follower.address());
      following.get(i).arguments().tensor(FACTORS, companionFactors.get(i).address());
    }
    this.squares = new Sums(pieces.ranges());
    this.tensorSquares =
        optimizer instanceof LayerWise
            ? Optional.of(new TensorSquares(name, count))
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

  /** A kernel with its arguments. */
  private record Launch(Device device, long kernel, Arguments arguments) implements AutoCloseable {
    void run() {
      device.launch(kernel, arguments);
    }

    @Override
    public void close() {
      arguments.close();
    }
  }

  /** A launch with the tensors and sizes of an optimizer. */
  private Launch launch(String name, long count, int factorsOfRate) {
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
  private Launch plain(String name, long count, long... sizes) {
    Arguments arguments = new Arguments(count, sizes, new float[0]);
    arguments.tensor(0, parameters.address());
    arguments.tensor(1, gradient.address());
    return new Launch(device, device.kernel(name + "_any"), arguments);
  }

  /** Sums of squares of the gradient of each piece. */
  private final class Sums implements AutoCloseable {
    final int count;
    final DeviceTable table;
    final Launch launch;

    Sums(long[] ranges) {
      this.count = ranges.length / 2;
      long sums = (long) count * LANES * Double.BYTES;
      this.table = DeviceTable.of(device, ranges, sums);
      this.launch = plain("squares", (long) count * LANES);
      launch.arguments().tensor(0, gradient.address());
      launch.arguments().tensor(1, table.address());
      launch.arguments().tensor(2, table.address() + (long) Long.BYTES * ranges.length);
    }

    double[] take() {
      launch.run();
      return totals(table.doubles(2L * count * Long.BYTES, count * LANES));
    }

    @Override
    public void close() {
      table.close();
      launch.close();
    }
  }

  /** Sums of squares of parts of tensors that decay, and what has to happen before. */
  private final class TensorSquares implements AutoCloseable {
    final int count;
    final DeviceTable table;
    final List<Launch> launches = new ArrayList<>();

    TensorSquares(String optimizerName, int factorsOfRate) {
      long[] parts = pieces.tensorParts();
      this.count = parts.length / Pieces.TENSOR_PART;
      this.table = DeviceTable.of(device, parts, 2L * count * LANES * Double.BYTES);
      if (optimizer.stateNames().size() > 1) {
        launches.add(launch(optimizerName + "_moments", pieces.elements(), factorsOfRate));
      }
      launches.add(launch(optimizerName + "_squares", (long) count * LANES, factorsOfRate));
      launches.get(launches.size() - 1).arguments().tensor(PARTS, table.address());
    }

    /** Of each part the parameters' sum, then the direction's. */
    double[] take() {
      launches.forEach(Launch::run);
      long at = (long) Pieces.TENSOR_PART * count * Long.BYTES;
      double[] all = totals(table.doubles(at, 2 * count * LANES));
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
      launches.forEach(Launch::close);
    }
  }

  /** The total of each eight sums. */
  private static double[] totals(double[] lanes) {
    double[] sums = new double[lanes.length / LANES];
    for (int i = 0; i < lanes.length; i++) {
      sums[i / LANES] += lanes[i];
    }
    return sums;
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
