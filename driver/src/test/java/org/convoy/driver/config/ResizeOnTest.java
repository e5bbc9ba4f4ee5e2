package org.convoy.driver.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.convoy.image.loader.PixelForm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a recipe may ask a GPU to resize images. */
class ResizeOnTest {
  private static final String RECIPE =
      """
      model { name = resnet20, input = [3, 32, 32] }
      data.uri = somewhere
      backend = cudnn
      image {
        train = [{random-resized-crop: 32}, horizontal-flip]
        evaluation = [{resize: 40}, {center-crop: 32}]
      }
      """;

  private static Recipe recipe(String... overrides) {
    return new RecipeLoader().parse(RECIPE, "test", List.of(overrides));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "backend=auto",
        "image.train=[{colour-jitter: {hue: 0.1}}, vertical-flip, {resize: 36}, {pad-and-crop: {size: 32}}]",
        "loss=focal",
        "image.train=[{pad-and-crop: {size: 32}}, alternating-flip]"
      })
  void theKeyHasNoInfluenceOnTheResult(String override) {
    Recipe host = recipe(override);
    Recipe gpu = recipe(override, "image.resize-on=gpu");
    assertEquals(host.digest(), gpu.digest());
    assertNotEquals(host, gpu);
    assertEquals(PixelForm.WINDOWS, gpu.image().resizeOn().form());
  }

  /** Its pixels differ, so a run may not go on with another decoder. */
  @Test
  void nvjpegInfluencesTheResult() {
    assertNotEquals(recipe().digest(), recipe("data.decode=nvjpeg").digest());
    String refusal =
        assertThrows(RecipeException.class, () -> recipe("data.decode=nvjpeg", "backend=auto"))
            .toString();
    assertTrue(
        refusal.contains(
            "data.decode: expected exact or scaled with the backend auto, got nvjpeg, which needs"
                + " cudnn"),
        refusal);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          backend=onednn | the backend onednn, which computes on no GPU, got gpu
          image.train=[{random-resized-crop: 32}, {random-erasing: 0.2}, grayscale] | image.train does more than cut and mirror after it has scaled, got gpu with [random-erasing, grayscale]
          image.train=[{reflect-and-crop: {size: 32}}, horizontal-flip] | got gpu with [reflect-and-crop]
          image.evaluation=[{resize: 32}, {shift: {down: 1}}] | image.evaluation does more than cut and mirror
          image.mix=[{mixup: 0.2}] | by image.mix
          adversarial={name: fgsm} | by adversarial
          distillation.teacher=there | by distillation
          """)
  void whatTheHostHasToDoIsRefused(String override, String reason) {
    String refusal =
        assertThrows(RecipeException.class, () -> recipe(override, "image.resize-on=gpu"))
            .toString();
    assertTrue(refusal.contains("image.resize-on: expected host"), refusal);
    assertTrue(refusal.contains(reason), refusal);
  }
}
