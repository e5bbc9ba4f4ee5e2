package org.convoy.image.transform;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.Serializable;
import java.util.Optional;

/**
 * One step between a decoded image and the network's input, as torchvision's transform of the same
 * name does it on a Pillow image. A transform is plain data; for each image it decides an {@link
 * Edit}, which moves pixels or changes their values.
 *
 * <p>A recipe and {@code preprocessing.json} name one by the record's name in kebab-case: {@code
 * {pad-and-crop: {size: 32, padding: 4}}}. To add one, add a record in a file of its own, its name
 * in the {@code permits} clause, and its defaults in the driver's {@code convoy-reference.conf}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "transform")
public sealed interface Transform extends Serializable
    permits Resize,
        CenterCrop,
        PadAndCrop,
        RandomResizedCrop,
        HorizontalFlip,
        Rotation,
        ColourJitter,
        RandomErasing,
        VerticalFlip,
        Grayscale,
        RandomAffine,
        RandAugment,
        TrivialAugment {

  /**
   * What to do with an image of this size. Deterministic in its arguments; transforms without
   * chance draw nothing. It is asked before the image is decoded, so that what all edits take is
   * known first.
   *
   * @param random this transform's own stream for this sample
   */
  Edit decide(int height, int width, CounterRandom random);

  /**
   * The size afterwards, where it does not depend on the image; by default that of before.
   *
   * @param before the size of before, empty where it depends on the image
   */
  default Optional<Size> sizeAfter(Optional<Size> before) {
    return before;
  }

  /**
   * The same for a network of another resolution: sizes in proportion; by default unchanged.
   *
   * @param from size of the network's input that this is for
   * @param to size of the other's
   */
  default Transform scaled(Size from, Size to) {
    return this;
  }

  /** Whether it draws at random, and so has no place in evaluation. */
  boolean drawsAtRandom();
}
