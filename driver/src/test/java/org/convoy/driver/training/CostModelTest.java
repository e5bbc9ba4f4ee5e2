package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.convoy.driver.exchange.sums.Bfloat16Sum;
import org.convoy.driver.exchange.sums.Combination;
import org.convoy.driver.exchange.sums.StepForecast.Network;
import org.convoy.driver.exchange.sums.SynchronousSum;
import org.convoy.driver.exchange.sums.VectorLayout;
import org.junit.jupiter.api.Test;

final class CostModelTest {
  /** A million trained parameters and no statistics. */
  private static final VectorLayout MILLION = new VectorLayout(1_000_000, 1_000_000, 1000);

  /** Of ResNet-50: 25.6 million parameters and 53 thousand numbers of statistics. */
  private static final VectorLayout RESNET_50 = new VectorLayout(25_557_032, 25_610_152, 65536);

  private static CostModel model(double imageBytes, Network network) {
    return new CostModel(new SynchronousSum(), MILLION, 1, 1, 0.3, imageBytes, 4, 100, network);
  }

  /** On 2 executors and 10 MB/s; half of 4 MB leaves, and half of the parameters returns. */
  @Test
  void eachCostIsWhatAHandComputes() {
    Network network = new Network(10e6, 1e-3);
    StepCost cost = model(0, network).on(2);
    assertEquals(4e6, cost.bytesSent(), 1e4);
    assertEquals(0.3, cost.compute());
    double rounds = cost.exchange() - (2e6 / 10e6 - 0.1);
    assertTrue(
        rounds >= 1e-3 && rounds < 1e-2,
        "0.2 s of backward hide the gradients, 0.1 s of forward half of the parameters, and then"
            + " there are rounds: "
            + cost.exchange());
    assertEquals((4e6 + 4e6 / 2) / 10e6 / 100, cost.checkpoint(), 1e-5);
    assertEquals(0, cost.data());
    assertEquals(0.3 / cost.seconds(), cost.efficiency(), 1e-12);
  }

  /** 60 MB of images take 0.6 s, with the exchange 0.64, of which the step itself hides 0.3. */
  @Test
  void imagesCostWhatTheConnectionDoesNotCarryMeanwhile() {
    StepCost without = model(0, new Network(100e6, 0)).on(2);
    StepCost with = model(60e6, new Network(100e6, 0)).on(2);
    assertEquals(0, without.exchange(), "backward and forward hide it");
    assertEquals(0.64 - without.seconds(), with.data(), 1e-3);
    assertEquals(0, model(10e6, new Network(100e6, 0)).on(2).data());
  }

  @Test
  void oneExecutorWaitsForNobody() {
    StepCost alone = model(0, new Network(1e6, 1)).on(1);
    assertEquals(0, alone.exchange());
    assertEquals(0, alone.bytesSent());
  }

  /**
   * An executor of two sockets trains ResNet-50 at 536 images a second (MLPerf 2.1). With 64 images
   * of each on 25 Gbit/s, 256 executors keep nine tenths. Where the connections are slow, bfloat16
   * is faster; where they are fast, backward and forward hide either.
   */
  @Test
  void twoHundredExecutorsKeepNineTenths() {
    assertTrue(resnet(new SynchronousSum(), 25e9) > 0.9);
    assertTrue(resnet(new SynchronousSum(), 10e9) < 0.8);
    assertTrue(resnet(new Bfloat16Sum(), 1e9) > 1.3 * resnet(new SynchronousSum(), 1e9));
    assertEquals(resnet(new SynchronousSum(), 25e9), resnet(new Bfloat16Sum(), 25e9), 0.01);
  }

  /** The weak scaling on 256 executors. */
  private static double resnet(Combination combination, double bits) {
    int images = 64;
    CostModel model =
        new CostModel(
            combination,
            RESNET_50,
            1,
            1,
            images / 536.0,
            images * 110_000.0,
            4,
            5000,
            new Network(bits / 8, 1e-4));
    return model.on(256).efficiency();
  }
}
