package org.convoy.image.transform;

/**
 * Mirrors an image left to right in every second epoch (Jordan 2024, "94% on CIFAR-10 in 3.29
 * Seconds on a Single GPU", arXiv 2404.00498, section 3.6). In which ones, the even or the odd, is
 * random for each image. So two epochs show both sides of every image.
 */
public record AlternatingFlip() implements Transform {
  @Override
  public Placement decide(int height, int width, CounterRandom random) {
    return new Placement(0, 0, height, width, height, width, random.alternates());
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
