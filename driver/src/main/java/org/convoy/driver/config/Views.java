package org.convoy.driver.config;

import java.util.ArrayList;
import java.util.List;
import org.convoy.image.transform.CenterCrop;
import org.convoy.image.transform.CornerCrop;
import org.convoy.image.transform.Preprocessing;
import org.convoy.image.transform.Shift;
import org.convoy.image.transform.Transform;
import org.convoy.settings.RequestException;

/**
 * The views of an image that an evaluation computes. The mean of their probabilities counts, as in
 * Krizhevsky et al. 2012, section 4.1.
 */
public enum Views {
  /** The image as the model's preprocessing makes it. */
  SINGLE,
  /** And its mirror image. */
  FLIP,
  /** The middle and the four corners, and the mirror image of each. */
  TEN_CROP,
  /**
   * The image, the image moved down and right by a pixel, and moved up and left, and the mirror
   * image of each. The image itself counts as much as both others (Jordan 2024, arXiv 2404.00498,
   * section 3.5).
   */
  SHIFTS;

  /** Whether each view is mirrored, too. */
  public boolean mirrored() {
    return this != SINGLE;
  }

  /** The number of views that are not mirror images of others. */
  public int crops() {
    return switch (this) {
      case SINGLE, FLIP -> 1;
      case TEN_CROP -> 1 + CornerCrop.Corner.values().length;
      case SHIFTS -> 3;
    };
  }

  /** The weight of a crop in the mean. */
  public double weight(int crop) {
    return this == SHIFTS && crop == 0 ? 2 : 1;
  }

  /**
   * The steps of each crop, the model's own first.
   *
   * @throws RequestException if corners are asked for and the steps do not end with a centre crop
   */
  public List<Preprocessing> of(Preprocessing own) {
    List<Preprocessing> all = new ArrayList<>(List.of(own));
    if (this == SHIFTS) {
      for (int pixels : new int[] {1, -1}) {
        List<Transform> steps = new ArrayList<>(own.evaluation());
        steps.add(new Shift(pixels, pixels));
        all.add(with(own, steps));
      }
    }
    if (this != TEN_CROP) {
      return all;
    }
    int last = own.evaluation().size() - 1;
    if (last < 0 || !(own.evaluation().get(last) instanceof CenterCrop centre)) {
      throw new RequestException(
          "ten crops: expected a model whose preprocessing ends with center-crop, got "
              + own.evaluation());
    }
    for (CornerCrop.Corner corner : CornerCrop.Corner.values()) {
      List<Transform> steps = new ArrayList<>(own.evaluation());
      steps.set(last, new CornerCrop(centre.size(), corner));
      all.add(with(own, steps));
    }
    return all;
  }

  private static Preprocessing with(Preprocessing own, List<Transform> steps) {
    return new Preprocessing(
        own.channels(), own.height(), own.width(), List.of(), steps, own.normalisation());
  }
}
