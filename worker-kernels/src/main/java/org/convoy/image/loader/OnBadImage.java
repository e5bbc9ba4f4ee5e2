package org.convoy.image.loader;

/** What a loader does with an image that does not decode. */
public enum OnBadImage {
  /** The batch it belongs to is not delivered; the exception names the image. */
  FAIL,
  /**
   * Its place in the batch is kept, with zeros and weight 0, so that what the others see does not
   * change.
   */
  SKIP
}
