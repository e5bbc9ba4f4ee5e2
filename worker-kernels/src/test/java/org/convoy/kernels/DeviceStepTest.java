package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program that times steps runs to its end. The host takes the place of the GPU. */
class DeviceStepTest {

  @ParameterizedTest
  @ValueSource(strings = {"training", "inference"})
  void stepsAreTimed(String mode) {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (EmulatedGpu gpu = new EmulatedGpu()) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      DeviceStep.main(new String[] {"cudnn", "resnet20", "1", "float32", "1", mode});
      assertTrue(gpu.used("cross_entropy_any") || mode.equals("inference"));
    } finally {
      System.setOut(before);
    }
    String line = printed.toString(StandardCharsets.UTF_8);
    assertTrue(line.contains("\"mode\": \"" + mode + "\""), line);
    assertTrue(line.contains("\"images_per_second\": "), line);
  }
}
