package org.convoy.image.loader;

import java.util.List;
import org.convoy.image.codec.Raster;
import org.convoy.image.transform.Edit;

/** Where the pixels of one sample go. */
@FunctionalInterface
interface Destination {

  /**
   * Offers an image to which some edits have not been applied.
   *
   * @return whether it was taken with these edits, which somebody else will apply
   */
  default boolean takes(Raster image, List<Edit> left) {
    return false;
  }

  /** Takes an image to which all edits have been applied. */
  void put(Raster image);
}
