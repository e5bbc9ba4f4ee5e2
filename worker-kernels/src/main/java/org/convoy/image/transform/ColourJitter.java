package org.convoy.image.transform;

import java.util.ArrayList;
import java.util.List;
import org.convoy.settings.Checks;

/**
 * Changes brightness, contrast, saturation and hue at random, one after the other in a random
 * order: torchvision's ColorJitter on a Pillow image. The first three use a factor that is uniform
 * over [max(0, 1 - s), 1 + s] for a setting s. The hue is rotated by a part of the circle that is
 * uniform over [-hue, hue]. Settings of 0 are skipped. Saturation and hue do not change a grey
 * image.
 *
 * @param brightness how far the factor of brightness may be from 1
 * @param contrast how far the factor of contrast may be from 1
 * @param saturation how far the factor of saturation may be from 1
 * @param hue greatest part of the circle, at most a half
 */
public record ColourJitter(double brightness, double contrast, double saturation, double hue)
    implements Transform {

  /** Checks the rules. */
  public ColourJitter {
    new Checks()
        .notNegative("brightness", brightness)
        .notNegative("contrast", contrast)
        .notNegative("saturation", saturation)
        .that(hue >= 0 && hue <= 0.5, "hue", "expected from 0 to 0.5, got " + Checks.number(hue))
        .done();
  }

  @Override
  public Edit decide(int height, int width, CounterRandom random) {
    double brighter = factor(brightness, random);
    double harder = factor(contrast, random);
    double fuller = factor(saturation, random);
    double turned = random.uniform(-hue, hue);
    List<Edit> edits = new ArrayList<>();
    if (brightness > 0) {
      edits.add((image, editor) -> Enhancement.brightness(image, brighter, editor));
    }
    if (contrast > 0) {
      edits.add((image, editor) -> Enhancement.contrast(image, harder, editor));
    }
    if (saturation > 0) {
      edits.add((image, editor) -> Enhancement.saturation(image, fuller));
    }
    if (hue > 0) {
      edits.add((image, editor) -> Hue.turn(image, turned));
    }
    return new EditSequence(shuffled(edits, random));
  }

  private static double factor(double most, CounterRandom random) {
    return random.uniform(Math.max(0, 1 - most), 1 + most);
  }

  private static List<Edit> shuffled(List<Edit> edits, CounterRandom random) {
    List<Edit> order = new ArrayList<>();
    while (!edits.isEmpty()) {
      order.add(edits.remove(random.nextInt(edits.size())));
    }
    return order;
  }

  @Override
  public boolean drawsAtRandom() {
    return true;
  }
}
