package org.convoy.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.convoy.models.Models;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class InitializerTest {
  private static final Shape WEIGHT = Shape.of(64, 32, 3, 3);

  private record Spread(double mean, double deviation, double largest) {
    static Spread of(Initializer initializer, Shape shape) {
      Draws draws = new Draws(5, "weight");
      double sum = 0;
      double squares = 0;
      double largest = 0;
      for (long i = 0; i < shape.elements(); i++) {
        double value = initializer.draw(draws, i, shape);
        sum += value;
        squares += value * value;
        largest = Math.max(largest, Math.abs(value));
      }
      double mean = sum / shape.elements();
      return new Spread(mean, Math.sqrt(squares / shape.elements() - mean * mean), largest);
    }
  }

  private static void assertSpread(double deviation, Spread spread) {
    // 18432 draws: five standard errors are 2.6 percent of a deviation.
    assertEquals(deviation, spread.deviation(), 0.03 * deviation);
    assertEquals(0, spread.mean(), 0.04 * deviation);
  }

  @Test
  void heNormalCountsTheSideItIsToldTo() {
    assertSpread(
        Math.sqrt(2.0 / (32 * 9)), Spread.of(new Initializer.HeNormal(Initializer.Fan.IN), WEIGHT));
    assertSpread(
        Math.sqrt(2.0 / (64 * 9)),
        Spread.of(new Initializer.HeNormal(Initializer.Fan.OUT), WEIGHT));
  }

  @Test
  void uniformsStayWithinTheirBound() {
    double bound = 1 / Math.sqrt(32 * 9);
    Spread fanIn = Spread.of(new Initializer.FanInUniform(), WEIGHT);
    assertSpread(bound / Math.sqrt(3), fanIn);
    assertTrue(fanIn.largest() <= bound && fanIn.largest() > 0.999 * bound, fanIn.toString());
    Spread uniform = Spread.of(new Initializer.Uniform(0.25), WEIGHT);
    assertSpread(0.25 / Math.sqrt(3), uniform);
    assertTrue(uniform.largest() <= 0.25, uniform.toString());
  }

  @Test
  void normalAndConstantAreWhatTheySay() {
    assertSpread(0.01, Spread.of(new Initializer.Normal(0.01), WEIGHT));
    assertEquals(new Spread(0.5, 0, 0.5), Spread.of(new Initializer.Constant(0.5), WEIGHT));
  }

  /** torch bounds a linear layer's bias by its weight's inputs, not by its own length. */
  @Test
  void biasOfATorchLayerLooksAtItsWeight() {
    Initializer bias = new Initializer.FanInUniform().forBiasOf(Shape.of(10, 64));
    assertEquals(new Initializer.Uniform(0.125), bias);
    Initializer he = new Initializer.HeNormal(Initializer.Fan.OUT);
    assertEquals(new Initializer.Constant(0), he.forBiasOf(WEIGHT));
  }

  @Test
  void everyMachineStartsFromTheseBytes() throws NoSuchAlgorithmException {
    Parameters layout = Parameters.of(Models.get("resnet20").build());
    String first = digest(layout.initialize(1, DataType.FLOAT));
    assertEquals(first, digest(layout.initialize(1, DataType.FLOAT)));
    assertEquals("560be8e6d447da32ac01da4a30b5d4c34dab88810b74f042fb7c8b25cd7226aa", first);
  }

  @Test
  void normsStartAsTheIdentity() {
    Parameters layout = Parameters.of(Models.get("resnet20").build());
    INDArray flat = layout.initialize(1, DataType.DOUBLE);
    for (Parameter tensor : layout.all()) {
      if (tensor.kind() == ParameterKind.NORM_SCALE || tensor.name().endsWith("running_var")) {
        assertEquals(
            tensor.length(), layout.view(flat, tensor).sumNumber().doubleValue(), tensor.name());
      } else if (tensor.kind() == ParameterKind.NORM_SHIFT
          || tensor.name().endsWith("running_mean")) {
        assertEquals(0, layout.view(flat, tensor).norm2Number().doubleValue(), tensor.name());
      }
    }
  }

  private static String digest(INDArray vector) throws NoSuchAlgorithmException {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(4 * vector.length())).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : vector.toFloatVector()) {
      bytes.putFloat(value);
    }
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
  }
}
