package org.convoy.driver.exchange.sums;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.convoy.settings.InvalidSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Encodings of single chunks against their definitions. */
class ChunkCodecsTest {

  private static final MicroBatches ONE_GROUP = new MicroBatches(0, 1, 1);

  private static VectorLayout layout(int length, int chunkFloats) {
    return new VectorLayout(length, length, chunkFloats);
  }

  private static float[] decoded(ChunkCodec codec, byte[] message, int length) {
    ByteBuffer bytes = ByteBuffer.wrap(message);
    float[] sum = new float[length + 2];
    codec.add(bytes, sum, 1, length);
    assertEquals(0, bytes.remaining(), "a chunk's own bytes, no more and no less");
    assertEquals(0, sum[0] + sum[length + 1], "nothing around the chunk");
    return IntStream.range(0, length)
        .collect(() -> new float[length], (all, i) -> all[i] = sum[i + 1], (a, b) -> {});
  }

  private static float[] state(ChunkCodec codec, String name) {
    return codec.state().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow()
        .array()
        .toFloatVector();
  }

  /** ND4J's encoder of DL4J's gradient sharing decides alike, whether few or many are sent. */
  @ParameterizedTest
  @ValueSource(doubles = {0.002, 0.2, 1, 30})
  void thresholdSendsWhatNd4jSends(double threshold) {
    int length = 3001;
    try (ThresholdCodec codec =
        new ThresholdCodec(threshold, 0, ONE_GROUP, layout(length, length))) {
      INDArray residual = Nd4j.zeros(length);
      for (int step = 0; step < 3; step++) {
        float[] gradient = Gradients.of(step, length);
        residual.addi(Nd4j.createFromArray(gradient));
        INDArray encoded = Nd4j.getExecutioner().thresholdEncode(residual, threshold);
        INDArray expected = Nd4j.zeros(length);
        if (encoded != null) {
          Nd4j.getExecutioner().thresholdDecode(encoded, expected);
        }
        byte[] message = codec.encode(0, 0, gradient, length);
        assertArrayEquals(expected.toFloatVector(), decoded(codec, message, length));
        assertArrayEquals(residual.toFloatVector(), state(codec, "residual"));
        assertTrue(message.length <= 5 + length / 4 + 1, message.length + " bytes");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 32767, 32768, 32769, 70000})
  void thresholdListsAndBitmapsSayTheSame(int length) {
    float[] values = new float[length];
    SplittableRandom random = new SplittableRandom(length);
    try (ThresholdCodec few = new ThresholdCodec(1, 0, ONE_GROUP, layout(length, length));
        ThresholdCodec many = new ThresholdCodec(1, 0, ONE_GROUP, layout(length, length))) {
      for (int each = 0; each < 2; each++) {
        ThresholdCodec codec = each == 0 ? few : many;
        float[] expected = new float[length];
        for (int i = 0; i < length; i++) {
          boolean sent = i == 0 || i == length - 1 || random.nextInt(each == 0 ? 100 : 2) == 0;
          expected[i] = sent ? random.nextBoolean() ? 1 : -1 : 0;
          values[i] = expected[i] * 1.25f;
        }
        byte[] message = codec.encode(0, 0, values, length);
        assertArrayEquals(expected, decoded(codec, message, length));
      }
    }
  }

  @Test
  void thresholdsAdaptUntilThatManyAreSent() {
    int length = 10_000;
    double density = 0.02;
    try (ThresholdCodec codec =
        new ThresholdCodec(1e-6, density, ONE_GROUP, layout(length, length))) {
      double sent = 0;
      for (int step = 0; step < 200; step++) {
        float[] gradient = new float[length];
        SplittableRandom random = new SplittableRandom(step);
        for (int i = 0; i < length; i++) {
          gradient[i] = (float) (random.nextDouble() - 0.5);
        }
        float[] decoded = decoded(codec, codec.encode(0, 0, gradient, length), length);
        long count = IntStream.range(0, length).filter(i -> decoded[i] != 0).count();
        sent += step < 100 ? 0 : count / (100.0 * length);
      }
      assertEquals(density, sent, density / 2);
    }
  }

  @Test
  void notANumberIsNotHidden() {
    float[] gradient = {1, Float.NaN, 0};
    try (ThresholdCodec threshold = new ThresholdCodec(1, 0, ONE_GROUP, layout(3, 3));
        TopKCodec topK = new TopKCodec(step -> 0.1, 0, ONE_GROUP, layout(3, 3))) {
      byte[] message = threshold.encode(0, 0, gradient.clone(), 3);
      assertTrue(Float.isNaN(decoded(threshold, message, 3)[1]));
      topK.begin(0);
      byte[] chosen = topK.encode(0, 0, gradient.clone(), 3);
      assertTrue(Float.isNaN(decoded(topK, chosen, 3)[1]));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 13, 1000, 70_000})
  void topKSendsTheGreatest(int length) {
    double density = 0.03;
    int count = (int) Math.ceil(density * length);
    try (TopKCodec codec =
        new TopKCodec(step -> density, 0, ONE_GROUP, layout(length, Math.max(16, length)))) {
      float[] left = new float[length];
      for (int step = 0; step < 3; step++) {
        float[] gradient = Gradients.of(step, length);
        for (int i = 0; i < length; i++) {
          // Equal magnitudes too, of both signs.
          gradient[i] = Math.round(gradient[i] * 4) / 4f;
          left[i] += gradient[i];
        }
        float[] expected = new float[length];
        float[] known = left;
        IntStream.range(0, length)
            .boxed()
            .sorted(Comparator.comparing(i -> -Math.abs(known[i])))
            .limit(count)
            .forEach(
                i -> {
                  expected[i] = known[i];
                  known[i] = 0;
                });
        codec.begin(step);
        byte[] message = codec.encode(0, 0, gradient, length);
        assertArrayEquals(expected, decoded(codec, message, length));
        assertArrayEquals(left, state(codec, "residual"));
      }
    }
  }

  /** Equation 7 of the paper in plain loops, with momentum factor masking. */
  @Test
  void momentumIsCorrected() {
    int length = 4;
    float[] velocity = new float[length];
    float[] residual = new float[length];
    try (TopKCodec codec = new TopKCodec(step -> 0.25, 0.5, ONE_GROUP, layout(length, length))) {
      for (int step = 0; step < 6; step++) {
        float[] gradient = Gradients.of(step, length);
        int greatest = 0;
        for (int i = 0; i < length; i++) {
          velocity[i] = 0.5f * velocity[i] + gradient[i];
          residual[i] += velocity[i];
          greatest = Math.abs(residual[i]) > Math.abs(residual[greatest]) ? i : greatest;
        }
        float[] expected = new float[length];
        expected[greatest] = residual[greatest];
        velocity[greatest] = 0;
        residual[greatest] = 0;
        codec.begin(step);
        assertArrayEquals(expected, decoded(codec, codec.encode(0, 0, gradient, length), length));
        assertArrayEquals(residual, state(codec, "residual"));
        assertArrayEquals(velocity, state(codec, "velocity"));
      }
    }
  }

  @Test
  void densityFallsInTheWarmUp() {
    TopK topK = new TopK(0.01, 0, 4, 0);
    List<Double> densities = IntStream.range(0, 6).mapToObj(topK::density).toList();
    assertEquals(0.25, densities.get(0));
    assertEquals(0.05, densities.get(2), 1e-9);
    assertEquals(List.of(0.01, 0.01), densities.subList(4, 6));
    assertTrue(densities.get(1) > densities.get(2) && densities.get(2) > densities.get(3));
    assertEquals(0.5, new TopK(0.5, 0, 4, 0).density(0), "never more than the last density");
  }

  @Test
  void optionsAreChecked() {
    assertThrows(InvalidSettings.class, () -> new Threshold(0, 0));
    assertThrows(InvalidSettings.class, () -> new Threshold(1, 1));
    assertThrows(InvalidSettings.class, () -> new TopK(0, 0, 0, 0));
    assertThrows(InvalidSettings.class, () -> new TopK(1.1, 0, 0, 0));
    assertThrows(InvalidSettings.class, () -> new TopK(0.1, 1, 0, 0));
    assertThrows(InvalidSettings.class, () -> new TopK(0.1, 0, -1, 0));
    assertThrows(InvalidSettings.class, () -> new TopK(0.1, 0, 0, -1));
  }
}
