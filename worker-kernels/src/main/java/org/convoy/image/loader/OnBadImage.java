package org.convoy.image.loader;

/** What a loader does with an image that does not decode. */
public enum OnBadImage {
  /** The batch of the image is not delivered. The exception names the image. */
  FAIL,
  /**
   * The image keeps its position in the batch, with zeros and weight 0. So the other images do not
   * change.
   */
  SKIP
}
