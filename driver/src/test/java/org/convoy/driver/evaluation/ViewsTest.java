package org.convoy.driver.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.convoy.driver.config.Views;
import org.convoy.image.transform.CornerCrop;
import org.convoy.image.transform.Preprocessing;
import org.convoy.image.transform.Resize;
import org.convoy.image.transform.Shift;
import org.convoy.image.transform.Size;
import org.convoy.settings.RequestException;
import org.convoy.task.Classification;
import org.convoy.task.MultiLabel;
import org.junit.jupiter.api.Test;

/** What a model sees of an image beside the image itself, and what its outputs then mean. */
final class ViewsTest {
  /** Jordan 2024, section 3.5: a quarter and an eighth of the six views. */
  @Test
  void shiftsMoveTheImageThatTheModelSees() {
    Preprocessing own = Preprocessing.named("resized-crop-flip", "imagenet", 3, 224, 224);
    List<Preprocessing> views = Views.SHIFTS.of(own);
    assertEquals(3, views.size());
    assertEquals(own, views.get(0));
    assertEquals(new Shift(1, 1), views.get(1).evaluation().get(2));
    assertEquals(new Shift(-1, -1), views.get(2).evaluation().get(2));
    assertEquals(List.of(2.0, 1.0, 1.0), Stream.of(0, 1, 2).map(Views.SHIFTS::weight).toList());
  }

  @Test
  void theCornersTakeThePlaceOfTheCentreCrop() {
    Preprocessing own = Preprocessing.named("resized-crop-flip", "imagenet", 3, 224, 224);
    List<Preprocessing> crops = Views.TEN_CROP.of(own);
    assertEquals(5, crops.size());
    assertEquals(own, crops.get(0));
    assertEquals(
        List.of(
            new Resize(256), new CornerCrop(new Size(224, 224), CornerCrop.Corner.BOTTOM_RIGHT)),
        crops.get(4).evaluation());
    Preprocessing without = new Preprocessing(3, 32, 32, List.of(), List.of(), own.normalisation());
    RequestException refusal =
        assertThrows(RequestException.class, () -> Views.TEN_CROP.of(without));
    assertTrue(refusal.toString().contains("ends with center-crop, got []"), refusal::toString);
  }

  @Test
  void outputsStandForTheMeanOfProbabilities() {
    MeanOutputs mean = new MeanOutputs(new Classification(), 1, 2);
    mean.begin();
    mean.add(new float[] {0, (float) Math.log(3)}, 1);
    mean.add(new float[] {(float) Math.log(4), 0}, 1);
    float[] outputs = new float[2];
    mean.end(outputs);
    // (1/4 + 4/5) / 2 and (3/4 + 1/5) / 2
    assertEquals(Math.log(0.525), outputs[0], 1e-6);
    assertEquals(Math.log(0.475), outputs[1], 1e-6);
    mean.begin();
    mean.add(new float[] {0, (float) Math.log(3)}, 2);
    mean.add(new float[] {(float) Math.log(4), 0}, 1);
    mean.end(outputs);
    assertEquals(Math.log((2 * 0.25 + 0.8) / 3), outputs[0], 1e-6);
    MultiLabel labels = new MultiLabel("labels.csv", 0.5);
    double output = labels.output(0.3);
    assertEquals(0.3, labels.probabilities(new float[] {(float) output}, 0, 1)[0], 1e-7);
    assertTrue(Double.isFinite(labels.output(1)) && Double.isFinite(labels.output(0)));
  }
}
