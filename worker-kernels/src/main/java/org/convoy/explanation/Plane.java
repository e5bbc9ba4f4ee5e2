package org.convoy.explanation;

import java.util.List;
import org.convoy.graph.Resize;

/**
 * Numbers at the positions of an image or of a feature map.
 *
 * @param values (height, width)
 */
record Plane(int height, int width, float[] values) {

  /** Resizes bilinearly; centres of pixels are half a pixel from the border. */
  Plane resized(int toHeight, int toWidth) {
    Resize resize = new Resize(Resize.Method.LINEAR, List.of(toHeight, toWidth));
    double[] rows = resize.weights(height, toHeight);
    double[] columns = resize.weights(width, toWidth);
    double[] wide = new double[height * toWidth];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < toWidth; x++) {
        double sum = 0;
        for (int i = 0; i < width; i++) {
          sum += columns[x * width + i] * values[y * width + i];
        }
        wide[y * toWidth + x] = sum;
      }
    }
    float[] result = new float[toHeight * toWidth];
    for (int y = 0; y < toHeight; y++) {
      for (int i = 0; i < height; i++) {
        double weight = rows[y * height + i];
        for (int x = 0; weight != 0 && x < toWidth; x++) {
          result[y * toWidth + x] += (float) (weight * wide[i * toWidth + x]);
        }
      }
    }
    return new Plane(toHeight, toWidth, result);
  }
}
