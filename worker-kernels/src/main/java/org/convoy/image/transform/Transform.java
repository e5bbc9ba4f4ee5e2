package org.convoy.image.transform;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.Serializable;
import java.util.Optional;

/**
 * One step between a decoded image and the network's input, like torchvision's transform of the
 * same name on a Pillow image. A transform is plain data. For each image it decides on an {@link
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
        AlternatingFlip,
        Rotation,
        ColourJitter,
        RandomErasing,
        VerticalFlip,
        Grayscale,
        RandomAffine,
        RandAugment,
        AutoAugment,
        PcaLighting,
        Cutout,
        TrivialAugment,
        RandAugmentTimm,
        ThreeAugment,
        AugMix,
        CornerCrop,
        ReflectAndCrop,
        Shift {

  /**
   * Decides what to do with an image of this size. The result depends only on the arguments;
   * transforms without randomness draw nothing. The decision is made before the image is decoded,
   * so that the memory of all edits is known first.
   *
   * @param random the stream of this transform for this sample
   */
  Edit decide(int height, int width, CounterRandom random);

  /**
   * The size afterwards, if it does not depend on the image; by default the size before.
   *
   * @param before the size before; empty if it depends on the image
   */
  default Optional<Size> sizeAfter(Optional<Size> before) {
    return before;
  }

  /**
   * The same transform for a network of another resolution, with sizes scaled in proportion; by
   * default unchanged.
   *
   * @param from size of the present network's input
   * @param to size of the other network's input
   */
  default Transform scaled(Size from, Size to) {
    return this;
  }

  /** Whether its edits are all {@link Placement}s, which GPUs carry out too. */
  default boolean givesPlacements() {
    return false;
  }

  /** Whether it draws at random, and so cannot be used in evaluation. */
  boolean drawsAtRandom();
}
