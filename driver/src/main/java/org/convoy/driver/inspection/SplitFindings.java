package org.convoy.driver.inspection;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.convoy.image.codec.Raster;

/**
 * What was found in a part of a split. Parts are added in the order of their samples, so the result
 * does not depend on who looked at which.
 */
final class SplitFindings implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Broken images that are named. */
  static final int NAMED = 1000;

  /** Least shorter sides of the bars of the histogram, in pixels. */
  static final List<Integer> SIDES =
      List.of(0, 32, 64, 128, 192, 224, 256, 384, 512, 768, 1024, 2048, 4096);

  private static final int CHANNELS = 3;

  private final List<BrokenImage> broken = new ArrayList<>();
  private final long[] bySide = new long[SIDES.size()];
  private final double[] sums = new double[CHANNELS];
  private final double[] squares = new double[CHANNELS];
  private long brokenCount;
  private long decoded;
  private int leastSide = Integer.MAX_VALUE;
  private int greatestSide;

  /** An image that does not decode. */
  record BrokenImage(String name, String reason) implements Serializable {}

  /** Adds an image as RGB. Each image counts alike in means, whatever its size. */
  void add(Raster image) {
    decoded++;
    int side = Math.min(image.height(), image.width());
    leastSide = Math.min(leastSide, side);
    greatestSide = Math.max(greatestSide, Math.max(image.height(), image.width()));
    int bar = SIDES.size() - 1;
    while (SIDES.get(bar) > side) {
      bar--;
    }
    bySide[bar]++;
    byte[] pixels = image.pixels();
    double count = (double) image.height() * image.width();
    for (int channel = 0; channel < CHANNELS; channel++) {
      long sum = 0;
      long square = 0;
      for (int i = channel; i < image.size(); i += CHANNELS) {
        int value = pixels[i] & 0xff;
        sum += value;
        square += (long) value * value;
      }
      sums[channel] += sum / count / 255;
      squares[channel] += square / count / (255.0 * 255);
    }
  }

  /** Adds an image that does not decode. */
  void addBroken(String name, String reason) {
    brokenCount++;
    if (broken.size() < NAMED) {
      broken.add(new BrokenImage(name, reason));
    }
  }

  /** Adds the samples that follow. */
  void addAll(SplitFindings next) {
    next.broken.stream().limit(NAMED - broken.size()).forEach(broken::add);
    brokenCount += next.brokenCount;
    decoded += next.decoded;
    leastSide = Math.min(leastSide, next.leastSide);
    greatestSide = Math.max(greatestSide, next.greatestSide);
    for (int i = 0; i < bySide.length; i++) {
      bySide[i] += next.bySide[i];
    }
    for (int channel = 0; channel < CHANNELS; channel++) {
      sums[channel] += next.sums[channel];
      squares[channel] += next.squares[channel];
    }
  }

  List<BrokenImage> broken() {
    return List.copyOf(broken);
  }

  long brokenCount() {
    return brokenCount;
  }

  long decoded() {
    return decoded;
  }

  /** The least shorter side in pixels; 0 if nothing decodes. */
  int leastSide() {
    return decoded == 0 ? 0 : leastSide;
  }

  int greatestSide() {
    return greatestSide;
  }

  long[] bySide() {
    return bySide.clone();
  }

  /** The mean of each channel on the scale 0 to 1, averaged over images. */
  List<Double> means() {
    List<Double> means = new ArrayList<>();
    for (double sum : sums) {
      means.add(decoded == 0 ? Double.NaN : sum / decoded);
    }
    return means;
  }

  /** The standard deviation of each channel over all images' pixels, each image counting alike. */
  List<Double> deviations() {
    List<Double> deviations = new ArrayList<>();
    for (int channel = 0; channel < CHANNELS; channel++) {
      double mean = sums[channel] / decoded;
      deviations.add(Math.sqrt(Math.max(0, squares[channel] / decoded - mean * mean)));
    }
    return deviations;
  }
}
