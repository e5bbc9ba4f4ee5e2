package org.convoy.image.loader;

import java.util.List;
import java.util.Optional;
import org.convoy.image.codec.Raster;
import org.convoy.image.transform.AxisTable;
import org.convoy.image.transform.Edit;
import org.convoy.image.transform.Resampling;

/**
 * A sample's place among {@link WindowBlock windows}. Edits that a device can carry out stay for it
 * where the batch has memory for what they need of the image.
 *
 * @param rows a table to fill
 * @param columns a table to fill
 */
record WindowDestination(WindowBlock windows, int index, AxisTable rows, AxisTable columns)
    implements Destination {

  @Override
  public boolean takes(Raster image, List<Edit> left) {
    Optional<Resampling> resampling = Resampling.of(left, image.height(), image.width());
    return resampling.isPresent() && put(image, resampling.get());
  }

  @Override
  public void put(Raster image) {
    if (!put(image, Resampling.none(image.height(), image.width()))) {
      throw new IllegalStateException("a batch has no memory for an image of the network's size");
    }
  }

  private boolean put(Raster image, Resampling resampling) {
    resampling.fill(rows, columns);
    return windows.put(index, image, rows, columns);
  }
}
