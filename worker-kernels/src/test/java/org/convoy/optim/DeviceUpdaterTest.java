package org.convoy.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.convoy.kernels.cuda.DeviceVector;
import org.convoy.kernels.cuda.HostDevice;
import org.convoy.optim.device.DeviceSharpness;
import org.convoy.optim.device.DeviceUpdater;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The kernels of optimizers and companions give the bytes of the Java formulas. They are compiled
 * for the host here; a GPU has to round as IEEE 754 says to give them too.
 */
class DeviceUpdaterTest {
  private static final int LENGTH = 9_001;
  private static final int CHUNK = 4_096;
  private static final List<Companion> COMPANIONS =
      List.of(
          new Lookahead(2, 0.5, 0).over(4), new WeightAverage(0.9, true), new EqualAverage(1, 2));

  /** Tensors that decay, one of them across two chunks. */
  private static final DecayMask MASK =
      new DecayMask(
          List.of(
              new DecayMask.Range(3, 1_000),
              new DecayMask.Range(1_000, 2_500),
              new DecayMask.Range(4_000, 5_001),
              new DecayMask.Range(8_000, 8_999)));

  /**
   * What moves: the elements from 2,600 to 3,000 are frozen, and two parts have their own rates.
   */
  private static final List<OwnedChunk.Piece> PIECES =
      List.of(
          piece(0, 2_500, 1),
          piece(2_500, 2_600, 0.5),
          piece(3_000, 8_500, 1),
          piece(8_500, 9_001, 0.1));

  private static Optional<HostDevice> upwards = Optional.empty();
  private static Optional<HostDevice> downwards = Optional.empty();

  private static OwnedChunk.Piece piece(long from, long to, double rate) {
    return new OwnedChunk.Piece(from, to, rate, MASK.slice(from, to));
  }

  @BeforeAll
  static void open() {
    try {
      upwards = Optional.of(new HostDevice(false));
      downwards = Optional.of(new HostDevice(true));
    } catch (UnsupportedOperationException e) {
      assumeTrue(false, "" + e.getMessage());
    }
  }

  @AfterAll
  static void close() {
    upwards.ifPresent(HostDevice::close);
    downwards.ifPresent(HostDevice::close);
  }

  static Stream<Optimizer> optimizers() {
    return OptimizersTest.optimizers();
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void theBytesOfTheHost(Optimizer optimizer) {
    Held host = new Held(optimizer);
    Held up = new Held(optimizer);
    Held down = new Held(optimizer);
    try (Updater onHost = new HostUpdater(host.chunks, COMPANIONS, 1);
        OnDevice forwards = new OnDevice(upwards.orElseThrow(), up, optimizer);
        OnDevice backwards = new OnDevice(downwards.orElseThrow(), down, optimizer)) {
      for (int step = 0; step < 4; step++) {
        StepSettings settings = new StepSettings(0.1 / (step + 1), step, 0.125);
        host.gradient.assign(Vectors.drawn(20 + step, LENGTH));
        forwards.take(host.gradient);
        backwards.take(host.gradient);
        double[] sums = measure(onHost, optimizer, settings);
        assertArrayEquals(sums, measure(forwards.updater, optimizer, settings));
        assertArrayEquals(sums, measure(backwards.updater, optimizer, settings));
        StepSettings trusting = trusting(optimizer, settings, host, sums);
        onHost.update(optimizer, trusting);
        forwards.updater.update(optimizer, trusting);
        backwards.updater.update(optimizer, trusting);
      }
      forwards.fetch();
      backwards.fetch();
      host.assertSame(up);
      host.assertSame(down);
    }
  }

  private static double[] measure(Updater updater, Optimizer optimizer, StepSettings settings) {
    return optimizer instanceof LayerWise layerWise
        ? updater.measure(layerWise, settings)
        : updater.gradientSquares();
  }

  /** Ratios of the tensors, of the sums of their parts. */
  private static StepSettings trusting(
      Optimizer optimizer, StepSettings settings, Held held, double[] sums) {
    if (!(optimizer instanceof LayerWise layerWise)) {
      return settings;
    }
    List<DecayMask> masks = new ArrayList<>();
    List<double[]> parts = new ArrayList<>();
    int at = 0;
    for (OwnedChunk chunk : held.chunks) {
      for (OwnedChunk.Piece piece : chunk.pieces()) {
        int count = 2 * piece.decay().ranges().size();
        masks.add(piece.decay());
        parts.add(Arrays.copyOfRange(sums, at, at + count));
        at += count;
      }
    }
    assertEquals(sums.length, at);
    return settings.with(TrustRatios.of(layerWise, MASK, masks, parts));
  }

  @Test
  void unitsHaveTheSumsOfTheHost() {
    Optimizer optimizer = new Sgd(0, false, 0, true);
    Held host = new Held(optimizer);
    Held device = new Held(optimizer);
    Units units = new Units(new long[] {0, 10, 1_000, 4_000}, new long[] {10, 700, 4_000, 9_001});
    double[] factors = {1, 0.25, 0.3, 7};
    try (Updater onHost = new HostUpdater(host.chunks, COMPANIONS, 1);
        OnDevice onDevice = new OnDevice(downwards.orElseThrow(), device, optimizer)) {
      host.gradient.assign(Vectors.drawn(20, LENGTH));
      onDevice.take(host.gradient);
      assertArrayEquals(onHost.unitSquares(units), onDevice.updater.unitSquares(units));
      onHost.scale(units, factors);
      onDevice.updater.scale(units, factors);
      onDevice.fetch();
      assertArrayEquals(host.gradient.toFloatVector(), device.gradient.toFloatVector());
    }
  }

  @Test
  void sharpnessClimbsAsOnTheHost() {
    int length = 150_001;
    List<DecayMask.Range> trained =
        List.of(
            new DecayMask.Range(2, 70_000),
            new DecayMask.Range(70_010, 70_011),
            new DecayMask.Range(80_000, length - 5));
    INDArray w = Vectors.drawn(31, length);
    INDArray g = Vectors.drawn(32, length);
    HostDevice device = downwards.orElseThrow();
    for (boolean adaptive : new boolean[] {false, true}) {
      Sharpness rule = new Sharpness(0.7, adaptive);
      INDArray expected = w.dup();
      rule.climb(w, g, trained, expected);
      try (DeviceVector parameters = new DeviceVector(device, length);
          DeviceVector gradient = new DeviceVector(device, length);
          DeviceVector moved = new DeviceVector(device, length);
          DeviceSharpness there = new DeviceSharpness(device, rule, trained)) {
        parameters.upload(OnDevice.address(w), 0, length);
        gradient.upload(OnDevice.address(g), 0, length);
        there.climb(parameters, gradient, moved);
        INDArray found = Nd4j.create(DataType.FLOAT, length);
        moved.download(OnDevice.address(found), 0, length);
        Held.assertBits(expected, found, "moved parameters");
      }
    }
  }

  @Test
  void stateReturnsFromACheckpoint() {
    Optimizer optimizer = new Adamw(0.9, 0.99, 1e-6, 0.05, true);
    Held held = new Held(optimizer);
    try (OnDevice onDevice = new OnDevice(upwards.orElseThrow(), held, optimizer)) {
      held.chunks.get(1).state().get(1).assign(3);
      held.chunks.get(0).companions().get(2).assign(4);
      onDevice.updater.sendState();
      held.chunks.get(1).state().get(1).assign(0);
      held.chunks.get(0).companions().get(2).assign(0);
      onDevice.updater.fetchState();
      assertEquals(3, held.chunks.get(1).state().get(1).getFloat(7));
      assertEquals(4, held.chunks.get(0).companions().get(2).getFloat(7));
    }
  }

  /** Vectors of the host, in chunks. */
  private static final class Held {
    final INDArray parameters = Vectors.drawn(11, LENGTH);
    final INDArray gradient = Nd4j.create(DataType.FLOAT, LENGTH);
    final List<OwnedChunk> chunks = new ArrayList<>();

    Held(Optimizer optimizer) {
      for (long from = 0; from < LENGTH; from += CHUNK) {
        long start = from;
        long end = Math.min(LENGTH, from + CHUNK);
        INDArray own = Vectors.view(parameters, start, end);
        chunks.add(
            new OwnedChunk(
                start,
                own,
                Vectors.view(gradient, start, end),
                optimizer.stateNames().stream()
                    .map(name -> Nd4j.create(DataType.FLOAT, end - start))
                    .toList(),
                COMPANIONS.stream().map(rule -> own.dup()).toList(),
                PIECES.stream()
                    .filter(piece -> piece.from() < end && piece.to() > start)
                    .map(
                        piece ->
                            DeviceUpdaterTest.piece(
                                Math.max(start, piece.from()),
                                Math.min(end, piece.to()),
                                piece.rate()))
                    .toList()));
      }
    }

    void assertSame(Held other) {
      assertBits(parameters, other.parameters, "parameters");
      for (int i = 0; i < chunks.size(); i++) {
        for (int k = 0; k < chunks.get(i).state().size(); k++) {
          assertBits(
              chunks.get(i).state().get(k), other.chunks.get(i).state().get(k), "state " + k);
        }
        for (int k = 0; k < COMPANIONS.size(); k++) {
          assertBits(
              chunks.get(i).companions().get(k),
              other.chunks.get(i).companions().get(k),
              "companion " + COMPANIONS.get(k));
        }
      }
    }

    private static void assertBits(INDArray expected, INDArray actual, String what) {
      float[] one = expected.toFloatVector();
      float[] two = actual.toFloatVector();
      for (int i = 0; i < one.length; i++) {
        int at = i;
        assertEquals(
            Float.floatToRawIntBits(one[i]),
            Float.floatToRawIntBits(two[i]),
            () -> what + ", element " + at + ": " + one[at] + " and " + two[at]);
      }
    }
  }

  /** Vectors of a device. */
  private static final class OnDevice implements AutoCloseable {
    final Held held;
    final DeviceVector parameters;
    final DeviceVector gradient;
    final DeviceUpdater updater;

    OnDevice(HostDevice device, Held held, Optimizer optimizer) {
      this.held = held;
      this.parameters = new DeviceVector(device, LENGTH);
      this.gradient = new DeviceVector(device, LENGTH);
      parameters.upload(address(held.parameters), 0, LENGTH);
      this.updater = new DeviceUpdater(parameters, gradient, held.chunks, optimizer, COMPANIONS);
    }

    void take(INDArray sum) {
      gradient.upload(address(sum), 0, LENGTH);
    }

    void fetch() {
      updater.fetchState();
      parameters.download(address(held.parameters), 0, LENGTH);
      gradient.download(address(held.gradient), 0, LENGTH);
    }

    private static Pointer address(INDArray array) {
      return array.data().addressPointer();
    }

    @Override
    public void close() {
      updater.close();
      parameters.close();
      gradient.close();
    }
  }
}
