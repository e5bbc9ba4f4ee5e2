package org.convoy.image.transform;

import java.util.Optional;
import org.convoy.settings.Checks;

/**
 * Scales an image so that its shorter side has the given length. The aspect ratio is kept; the
 * longer side is rounded down.
 *
 * @param size pixels of the shorter side afterwards
 */
public record Resize(int size) implements Transform {

  /** Checks the rule. */
  public Resize {
    new Checks().between("size", size, 1, Size.MAX_SIDE).done();
  }

  @Override
  public Placement decide(int height, int width, CounterRandom random) {
    Placement whole = Placement.whole(height, width);
    return height <= width
        ? whole.scaledTo(size, longer(width, height))
        : whole.scaledTo(longer(height, width), size);
  }

  private int longer(int longSide, int shortSide) {
    return (int) ((long) size * longSide / shortSide);
  }

  @Override
  public Optional<Size> sizeAfter(Optional<Size> before) {
    return before.map(
        from ->
            from.height() <= from.width()
                ? new Size(size, longer(from.width(), from.height()))
                : new Size(longer(from.height(), from.width()), size));
  }

  @Override
  public Transform scaled(Size from, Size to) {
    return new Resize(Size.scaled(size, from.shorter(), to.shorter()));
  }

  @Override
  public boolean givesPlacements() {
    return true;
  }

  @Override
  public boolean drawsAtRandom() {
    return false;
  }
}
