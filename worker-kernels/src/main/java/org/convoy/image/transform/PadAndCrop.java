package org.convoy.image.transform;

import java.util.Optional;
import org.convoy.settings.Checks;

/**
 * Puts {@code padding} black pixels on every side and cuts a window from a random place (Krizhevsky
 * 2009; He et al. 2016, section 4.2): torchvision's RandomCrop with padding. Black is 0 before
 * normalisation. If the image is still too small, the window is centred.
 *
 * @param size of the window
 * @param padding pixels added on each of the four sides
 */
public record PadAndCrop(Size size, int padding) implements Transform {

  /** Checks the rule. */
  public PadAndCrop {
    new Checks().atLeast("padding", padding, 0).done();
  }

  @Override
  public Placement decide(int imageHeight, int imageWidth, CounterRandom random) {
    int top = offset(imageHeight, size.height(), random);
    int left = offset(imageWidth, size.width(), random);
    return Placement.window(top, left, size.height(), size.width());
  }

  private int offset(int image, int crop, CounterRandom random) {
    int room = image + 2 * padding - crop;
    return room < 0 ? -((crop - image) / 2) : random.nextInt(room + 1) - padding;
  }

  @Override
  public Optional<Size> sizeAfter(Optional<Size> before) {
    return Optional.of(size);
  }

  @Override
  public PadAndCrop scaled(Size from, Size to) {
    return new PadAndCrop(
        size.scaled(from, to),
        padding == 0 ? 0 : Size.scaled(padding, from.shorter(), to.shorter()));
  }

  @Override
  public boolean givesPlacements() {
    return true;
  }

  @Override
  public boolean drawsAtRandom() {
    return true;
  }
}
