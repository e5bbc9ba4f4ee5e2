package org.convoy.image.transform;

import java.util.List;
import java.util.Optional;

/**
 * Edits of an image that a device can carry out at once: cuts, at most one scaling, and mirroring.
 * Each output pixel is a sum over a rectangle of the image, weighted along columns and rows, with
 * Pillow's rounding between the two, so the pixels are those of the edits one by one.
 */
public final class Resampling {
  private final Axis rows;
  private final Axis columns;

  private Resampling(Axis rows, Axis columns) {
    this.rows = rows;
    this.columns = columns;
  }

  /** Leaves an image of this size as it is. */
  public static Resampling none(int height, int width) {
    return new Resampling(Axis.of(height), Axis.of(width));
  }

  /**
   * What these edits do to an image of this size.
   *
   * @return empty if they change values, or scale what was scaled, mirrored or padded before
   */
  public static Optional<Resampling> of(List<Edit> edits, int height, int width) {
    Optional<Resampling> result = Optional.of(none(height, width));
    for (Edit edit : edits) {
      result = result.flatMap(before -> before.then(edit));
    }
    return result;
  }

  private Optional<Resampling> then(Edit edit) {
    if (edit instanceof Placement placement) {
      return then(placement);
    } else if (edit instanceof ReducedPlacement reduced
        && rows.untouched()
        && columns.untouched()) {
      Resampling scaled =
          new Resampling(
              Axis.reduced(rows.outputs(), reduced.top(), reduced.height(), reduced.outHeight()),
              Axis.reduced(columns.outputs(), reduced.left(), reduced.width(), reduced.outWidth()));
      return Optional.of(scaled.mirrored(reduced.mirrored()));
    }
    return Optional.empty();
  }

  private Optional<Resampling> then(Placement placement) {
    Optional<Axis> down = rows.then(placement.top(), placement.height(), placement.outHeight());
    Optional<Axis> across = columns.then(placement.left(), placement.width(), placement.outWidth());
    return down.isPresent() && across.isPresent()
        ? Optional.of(new Resampling(down.get(), across.get()).mirrored(placement.mirrored()))
        : Optional.empty();
  }

  private Resampling mirrored(boolean wanted) {
    return wanted ? new Resampling(rows, columns.mirrored()) : this;
  }

  /** Whether it gives images of this size. */
  public boolean gives(int height, int width) {
    return rows.outputs() == height && columns.outputs() == width;
  }

  /** The numbers of both tables of {@link #none}. */
  public static int plainNumbers(int height, int width) {
    return AxisTable.length(height, 1) + AxisTable.length(width, 1);
  }

  /** Writes the tables of rows and of columns. */
  public void fill(AxisTable ofRows, AxisTable ofColumns) {
    ofRows.fill(rows);
    ofColumns.fill(columns);
  }
}
