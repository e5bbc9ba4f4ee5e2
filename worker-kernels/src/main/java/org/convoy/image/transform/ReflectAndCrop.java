package org.convoy.image.transform;

import java.util.Optional;
import org.convoy.settings.Checks;

/**
 * As {@link PadAndCrop}, but the image goes on beyond its borders as its mirror image (Jordan 2024,
 * arXiv 2404.00498, section 3): torchvision's RandomCrop with a padding of mode "reflect".
 *
 * @param size of the window
 * @param padding pixels added on each of the four sides
 */
public record ReflectAndCrop(Size size, int padding) implements Transform {

  /** Checks the rule. */
  public ReflectAndCrop {
    new Checks().atLeast("padding", padding, 0).done();
  }

  @Override
  public Edit decide(int imageHeight, int imageWidth, CounterRandom random) {
    return new ReflectedWindow(
        new PadAndCrop(size, padding).decide(imageHeight, imageWidth, random));
  }

  @Override
  public Optional<Size> sizeAfter(Optional<Size> before) {
    return Optional.of(size);
  }

  @Override
  public Transform scaled(Size from, Size to) {
    PadAndCrop scaled = new PadAndCrop(size, padding).scaled(from, to);
    return new ReflectAndCrop(scaled.size(), scaled.padding());
  }

  @Override
  public boolean drawsAtRandom() {
    return true;
  }
}
