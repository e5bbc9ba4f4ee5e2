package org.convoy.driver.exchange.sums;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.convoy.driver.exchange.wire.Ranks;
import org.convoy.settings.InvalidSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class OuterStepTest {

  private static final double RATE = 0.7;
  private static final double MOMENTUM = 0.9;

  /** Plain SGD with momentum in float64, where the gradient is the way that the mean has come. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isMomentumOverMeetings(boolean nesterov) throws Exception {
    int trained = 7;
    VectorLayout layout = new VectorLayout(trained, 9, 4);
    Ranks.run(
        1,
        exchange -> {
          float[] first = Gradients.of(0, 9);
          try (INDArray parameters = Nd4j.createFromArray(first);
              OuterStep outer =
                  new OuterStep(
                      new MeetingCopies.Outer(RATE, MOMENTUM, nesterov),
                      exchange,
                      layout,
                      parameters)) {
            double[] x = new double[trained];
            double[] v = new double[trained];
            for (int i = 0; i < trained; i++) {
              x[i] = first[i];
            }
            for (int meeting = 1; meeting < 5; meeting++) {
              float[] mean = Gradients.of(meeting, 9);
              INDArray vector = Nd4j.createFromArray(mean);
              for (int chunk = 0; chunk < layout.allChunks().count(); chunk++) {
                outer.move(chunk, Floats.of(vector));
              }
              for (int i = 0; i < trained; i++) {
                double way = x[i] - mean[i];
                v[i] = MOMENTUM * v[i] + way;
                x[i] -= RATE * (nesterov ? way + MOMENTUM * v[i] : v[i]);
                assertEquals(x[i], vector.getFloat(i), 1e-3 * Math.max(1, Math.abs(x[i])));
              }
              assertEquals(mean[7], vector.getFloat(7), "statistics stay the mean");
              assertEquals(mean[8], vector.getFloat(8), "statistics stay the mean");
            }
          }
          return 0;
        });
  }

  @Test
  void optionsAreChecked() {
    assertThrows(InvalidSettings.class, () -> new Diloco(0, 0.7, 0.9));
    assertThrows(InvalidSettings.class, () -> new Diloco(1, 0, 0.9));
    assertThrows(InvalidSettings.class, () -> new SlowMomentum(1, 1, 1));
    assertThrows(InvalidSettings.class, () -> new PostLocalSgd(1, -1, false));
    assertThrows(InvalidSettings.class, () -> new PowerSgd(0));
  }
}
