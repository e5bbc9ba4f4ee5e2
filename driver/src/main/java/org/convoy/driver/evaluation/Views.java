package org.convoy.driver.evaluation;

import java.util.ArrayList;
import java.util.List;
import org.convoy.image.transform.CenterCrop;
import org.convoy.image.transform.CornerCrop;
import org.convoy.image.transform.Preprocessing;
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
  TEN_CROP;

  /** Whether each view is mirrored, too. */
  boolean mirrored() {
    return this != SINGLE;
  }

  /** The number of crops. */
  int crops() {
    return this == TEN_CROP ? 1 + CornerCrop.Corner.values().length : 1;
  }

  /**
   * The steps of each crop, the model's own first.
   *
   * @throws RequestException if corners are asked for and the steps do not end with a centre crop
   */
  List<Preprocessing> of(Preprocessing own) {
    List<Preprocessing> all = new ArrayList<>(List.of(own));
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
      all.add(
          new Preprocessing(
              own.channels(), own.height(), own.width(), List.of(), steps, own.normalisation()));
    }
    return all;
  }
}
