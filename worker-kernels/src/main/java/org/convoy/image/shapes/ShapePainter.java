package org.convoy.image.shapes;

import org.convoy.image.transform.CounterRandom;

/**
 * Paints one image: a graded and striped dark background, a few stray dots, the shape at a random
 * place, size, turn (up to 40 degrees either way) and slight stretch in a random bright colour,
 * then noise. Edges are smooth, with 4x4 samples per pixel. All arithmetic is Java, so the pixels
 * are the same everywhere.
 *
 * <p>Shapes are bright on dark on purpose: on 5000 images three convolutions of 16, 32 and 64
 * channels with global pooling reach 0.98 top-1 in five epochs. They reached only 0.47 in eight
 * epochs when either could be the brighter and shapes could turn by any angle.
 */
final class ShapePainter {
  private static final int SAMPLES = 4;
  private static final int MAX_DOTS = 3;
  private static final double MOST_TURN = StrictMath.toRadians(40);

  private final int size;
  private final CounterRandom random;

  ShapePainter(int size, CounterRandom random) {
    this.size = size;
    this.random = random;
  }

  /** One shape: (size, size, 3) RGB bytes. */
  byte[] paint(ShapeKind kind) {
    double[] canvas = ground();
    cover(canvas, shapeFrame(), kind, color(140, 245));
    return withNoise(canvas);
  }

  /** Two shapes side by side: (size, size, 3) RGB bytes. */
  byte[] paint(ShapeKind left, ShapeKind right) {
    double[] canvas = ground();
    cover(canvas, halfFrame(0), left, color(140, 245));
    cover(canvas, halfFrame(1), right, color(140, 245));
    return withNoise(canvas);
  }

  /** A background with dots on it. */
  private double[] ground() {
    double[] canvas = new double[size * size * 3];
    double[] ground = color(10, 110);
    background(canvas, ground);
    int dots = random.nextInt(MAX_DOTS + 1);
    for (int i = 0; i < dots; i++) {
      double radius = random.uniform(0.02, 0.05) * size;
      Frame frame = new Frame(random.uniform(0, size), random.uniform(0, size), radius, radius, 0);
      cover(canvas, frame, ShapeKind.CIRCLE, color(10, 245));
    }
    return canvas;
  }

  private void background(double[] canvas, double[] ground) {
    double[] slope = {random.uniform(-1, 1), random.uniform(-1, 1)};
    double depth = random.uniform(0, 50);
    double angle = random.uniform(0, StrictMath.PI);
    double wave = 2 * StrictMath.PI / (random.uniform(0.12, 0.5) * size);
    double waveU = wave * StrictMath.cos(angle);
    double waveV = wave * StrictMath.sin(angle);
    double stripes = random.uniform(0, 22);
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        double graded =
            depth * (slope[0] * (x / (double) size - 0.5) + slope[1] * (y / (double) size - 0.5));
        double shade = graded + stripes * StrictMath.sin(waveU * x + waveV * y);
        for (int c = 0; c < 3; c++) {
          canvas[(y * size + x) * 3 + c] = ground[c] + shade;
        }
      }
    }
  }

  /** A shape in the left or the right half. */
  private Frame halfFrame(int half) {
    double radius = random.uniform(0.17, 0.23) * size;
    double centerX = size * (0.25 + 0.5 * half);
    double room = size / 2.0 - radius;
    double centerY = size / 2.0 + random.uniform(-room, room);
    return new Frame(centerX, centerY, radius, radius, random.uniform(-MOST_TURN, MOST_TURN));
  }

  private Frame shapeFrame() {
    double radius = random.uniform(0.26, 0.42) * size;
    double stretch = random.uniform(0.9, 1.1);
    double room = size / 2.0 - radius;
    double centerX = size / 2.0 + random.uniform(-room, room);
    double centerY = size / 2.0 + random.uniform(-room, room);
    return new Frame(
        centerX,
        centerY,
        radius * stretch,
        radius / stretch,
        random.uniform(-MOST_TURN, MOST_TURN));
  }

  private void cover(double[] canvas, Frame frame, ShapeKind shape, double[] color) {
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        double share = frame.share(shape, x, y);
        for (int c = 0; share > 0 && c < 3; c++) {
          int i = (y * size + x) * 3 + c;
          canvas[i] += share * (color[c] - canvas[i]);
        }
      }
    }
  }

  private double[] color(double darkest, double brightest) {
    return new double[] {
      random.uniform(darkest, brightest),
      random.uniform(darkest, brightest),
      random.uniform(darkest, brightest)
    };
  }

  /** Adds nearly normal noise: the sum of four uniform values. */
  private byte[] withNoise(double[] canvas) {
    double amount = random.uniform(2, 16);
    byte[] pixels = new byte[canvas.length];
    for (int i = 0; i < pixels.length; i++) {
      double bell =
          random.nextDouble() + random.nextDouble() + random.nextDouble() + random.nextDouble() - 2;
      long value = Math.round(canvas[i] + amount * bell);
      pixels[i] = (byte) Math.max(0, Math.min(255, value));
    }
    return pixels;
  }

  /** A shape's own coordinates on the canvas, lengths in pixels, turn in radians. */
  private record Frame(
      double centerX, double centerY, double radiusU, double radiusV, double cos, double sin) {

    Frame(double centerX, double centerY, double radiusU, double radiusV, double turn) {
      this(centerX, centerY, radiusU, radiusV, StrictMath.cos(turn), StrictMath.sin(turn));
    }

    /** The fraction of a pixel that the shape covers. */
    double share(ShapeKind shape, int x, int y) {
      double reach = Math.max(radiusU, radiusV) + 1;
      double toX = x + 0.5 - centerX;
      double toY = y + 0.5 - centerY;
      if (toX * toX + toY * toY > reach * reach) {
        return 0;
      }
      int covered = 0;
      for (int i = 0; i < SAMPLES * SAMPLES; i++) {
        int row = i / SAMPLES;
        int column = i % SAMPLES;
        double dx = x + (column + 0.5) / SAMPLES - centerX;
        double dy = y + (row + 0.5) / SAMPLES - centerY;
        if (shape.contains((cos * dx + sin * dy) / radiusU, (cos * dy - sin * dx) / radiusV)) {
          covered++;
        }
      }
      return covered / (double) (SAMPLES * SAMPLES);
    }
  }
}
