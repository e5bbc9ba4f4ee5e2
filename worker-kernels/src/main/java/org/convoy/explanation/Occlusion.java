package org.convoy.explanation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Occlusion (Zeiler and Fergus 2014, section 4.2): a square of the mean colour covers one part of
 * the image after the other. The value of a position is the mean, over the squares that cover it,
 * of how far the class's output falls.
 *
 * @param patch the side of the square in pixels; 0: an eighth of the image's shorter side
 * @param stride pixels from one square to the next; 0: half the square
 */
public record Occlusion(int patch, int stride) implements Explanation {
  static final String NAME = "occlusion";
  private static final int TOGETHER = 16;
  private static final int SQUARES_IN_SIDE = 8;

  /** Sides must not be negative. */
  public Occlusion {
    if (patch < 0 || stride < 0) {
      throw new IllegalArgumentException(
          "patch and stride: expected at least 0, got " + patch + " and " + stride);
    }
  }

  /** Squares of an eighth of the image, which overlap by half. */
  public static Occlusion standard() {
    return new Occlusion(0, 0);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Explainer open(ImageNetwork network) throws IOException {
    int shorter = Math.min(network.preprocessing().height(), network.preprocessing().width());
    int side = Math.min(shorter, patch > 0 ? patch : Math.max(1, shorter / SQUARES_IN_SIDE));
    int every = stride > 0 ? stride : Math.max(1, side / 2);
    return new Squares(network, network.forward(network.graph(), TOGETHER), side, every);
  }

  private record Squares(ImageNetwork network, Computation computation, int side, int every)
      implements Explainer {
    private record Corner(int top, int left) {}

    @Override
    public Attribution explain(float[] image, int label) {
      double whole = computation.forward(image)[label];
      int width = network.preprocessing().width();
      double[] falls = new double[network.positions()];
      int[] covered = new int[network.positions()];
      List<Corner> corners = corners();
      for (int first = 0; first < corners.size(); first += TOGETHER) {
        List<Corner> part = corners.subList(first, Math.min(corners.size(), first + TOGETHER));
        float[] outputs = computation.forward(occluded(image, part));
        for (int i = 0; i < part.size(); i++) {
          double fall = whole - outputs[i * computation.outputs() + label];
          for (int y = part.get(i).top; y < part.get(i).top + side; y++) {
            for (int x = part.get(i).left; x < part.get(i).left + side; x++) {
              falls[y * width + x] += fall;
              covered[y * width + x]++;
            }
          }
        }
      }
      float[] values = new float[falls.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (falls[i] / covered[i]);
      }
      return Attribution.of(
          network.preprocessing().height(), width, values, Map.of("output", whole));
    }

    /**
     * All squares. The last of a row or column ends at the border, so every position is covered.
     */
    private List<Corner> corners() {
      List<Corner> corners = new ArrayList<>();
      for (int top : starts(network.preprocessing().height())) {
        for (int left : starts(network.preprocessing().width())) {
          corners.add(new Corner(top, left));
        }
      }
      return corners;
    }

    private List<Integer> starts(int length) {
      List<Integer> starts = new ArrayList<>();
      for (int start = 0; start < length - side; start += every) {
        starts.add(start);
      }
      starts.add(length - side);
      return starts;
    }

    /** The image once for each square. The mean colour is 0 after normalisation. */
    private float[] occluded(float[] image, List<Corner> corners) {
      int width = network.preprocessing().width();
      float[] images = new float[corners.size() * image.length];
      for (int i = 0; i < corners.size(); i++) {
        int start = i * image.length;
        System.arraycopy(image, 0, images, start, image.length);
        for (int c = 0; c < network.preprocessing().channels(); c++) {
          for (int y = corners.get(i).top; y < corners.get(i).top + side; y++) {
            int from = start + c * network.positions() + y * width + corners.get(i).left;
            Arrays.fill(images, from, from + side, 0);
          }
        }
      }
      return images;
    }

    @Override
    public void close() {
      computation.close();
    }
  }
}
