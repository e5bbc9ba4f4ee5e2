package org.convoy.image.transform;

import java.util.List;
import org.convoy.image.codec.Raster;

/** Edits that are applied in order. None of them changes the image's size. */
record EditSequence(List<Edit> edits) implements Edit {
  EditSequence {
    edits = List.copyOf(edits);
  }

  @Override
  public Raster apply(Raster image, RasterEditor editor) {
    Raster result = image;
    for (Edit edit : edits) {
      result = edit.apply(result, editor);
    }
    return result;
  }

  @Override
  public long bytes(int imageHeight, int imageWidth) {
    return edits.stream().mapToLong(edit -> edit.bytes(imageHeight, imageWidth)).sum();
  }
}
