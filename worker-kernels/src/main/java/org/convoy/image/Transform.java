package org.convoy.image;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * One step between a decoded image and the network's input, as torchvision's transform of the same
 * name does it on a Pillow image. A transform is plain data; it decides a {@link Placement}, which
 * {@link Preprocessor} carries out.
 *
 * <p>To add one: a record in a file of its own, and its line in each of the two lists here.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "transform")
@JsonSubTypes({
  @JsonSubTypes.Type(value = CenterCrop.class, name = "center-crop"),
  @JsonSubTypes.Type(value = HorizontalFlip.class, name = "horizontal-flip"),
  @JsonSubTypes.Type(value = PadAndCrop.class, name = "pad-and-crop"),
  @JsonSubTypes.Type(value = RandomResizedCrop.class, name = "random-resized-crop"),
  @JsonSubTypes.Type(value = Resize.class, name = "resize")
})
public sealed interface Transform
    permits CenterCrop, HorizontalFlip, PadAndCrop, RandomResizedCrop, Resize {

  /**
   * What to do with an image of this size. Deterministic in its arguments; transforms without
   * chance draw nothing.
   *
   * @param random this transform's own stream for this sample
   */
  Placement place(int height, int width, CounterRandom random);

  /** Whether it draws at random, and so has no place in evaluation. */
  boolean drawsAtRandom();
}
