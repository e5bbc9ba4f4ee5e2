package org.convoy.kernels;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.convoy.graph.Draws;
import org.convoy.graph.Dropout;

/**
 * The factors by which a dropout op multiplies its input in training: 0 where it drops, a scale
 * where it keeps. All backends use this class, so all drop the same elements. Drawing allocates
 * nothing.
 *
 * <p>A factor depends on the pass's key, the node's name and its own index in the mask. Of {@link
 * Dropout.Kind#PATCH} the patches of the least numbers are kept; the numbers are those of the
 * patches in C order over {@code (batch, rows, columns)}, by one name for all nodes. A factor of
 * {@link Dropout.Kind#BLOCK} depends on the indices of the blocks that may cover it. Blocks are
 * numbered in C order over {@code (batch, channels, places...)}; the places are those where a whole
 * block fits.
 */
public final class DropoutMask {
  /** The name by which all nodes draw the same patches. */
  public static final String PATCHES = "patches";

  private final Dropout op;
  private final Draws draws;
  private final long[] shape;
  private final int length;
  // Used by blocks only: the number of maps of positions in the batch, and the planes, rows and
  // columns of each map.
  private final int maps;
  private final int[] size = {1, 1, 1};
  private final int[] block = {1, 1, 1};

  /**
   * @param node the op's name in its graph
   * @param dimensions of the input, {@code (batch, channels, spatial...)}
   */
  public DropoutMask(Dropout op, String node, long... dimensions) {
    this.op = op;
    boolean patches = op.kind() == Dropout.Kind.PATCH;
    this.draws = new Draws(0, patches ? PATCHES : node);
    this.shape = dimensions.clone();
    if (patches) {
      shape[1] = 1;
    }
    int shared =
        switch (op.kind()) {
          case ELEMENT, BLOCK, PATCH -> dimensions.length;
          case CHANNEL -> 2;
          case SAMPLE -> 1;
        };
    Arrays.fill(shape, Math.min(shared, shape.length), shape.length, 1);
    this.length = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    int positions = 1;
    for (int i = 2; i < shape.length; i++) {
      int at = size.length - shape.length + i;
      size[at] = (int) shape[i];
      block[at] = Math.min(op.blockSize(), size[at]);
      positions *= size[at];
    }
    this.maps = length / positions;
  }

  /**
   * The mask's dimensions: the input's, with 1 for each dimension in which all positions share a
   * factor.
   */
  public long[] shape() {
    return shape.clone();
  }

  /** The number of factors. */
  public int length() {
    return length;
  }

  /**
   * Draws the factors of one pass.
   *
   * @param key of the pass
   * @param to receives them from index 0 on, in C order
   */
  public void draw(long key, FloatBuffer to) {
    if (op.kind() == Dropout.Kind.BLOCK) {
      blocks(key, to);
      return;
    }
    if (op.kind() == Dropout.Kind.PATCH) {
      patches(key, to);
      return;
    }
    float scale = (float) (1 / (1 - op.probability()));
    for (int i = 0; i < length; i++) {
      to.put(i, draws.uniform(key, i) < op.probability() ? 0 : scale);
    }
  }

  private void patches(long key, FloatBuffer to) {
    int side = op.blockSize();
    int columns = size[2] / side;
    int patches = size[1] / side * columns;
    int kept = op.kept(patches);
    for (int sample = 0; sample < maps; sample++) {
      long first = (long) sample * patches;
      for (int patch = 0; patch < patches; patch++) {
        float factor = rank(key, first, patch, patches) < kept ? 1 : 0;
        int corner = (sample * size[1] + patch / columns * side) * size[2] + patch % columns * side;
        for (int y = 0; y < side; y++) {
          for (int x = 0; x < side; x++) {
            to.put(corner + y * size[2] + x, factor);
          }
        }
      }
    }
  }

  /** How many patches of a sample have a number of less than a patch's. */
  private int rank(long key, long first, int patch, int patches) {
    double own = draws.uniform(key, first + patch);
    int less = 0;
    for (int other = 0; other < patches; other++) {
      double number = draws.uniform(key, first + other);
      less += number < own || (number == own && other < patch) ? 1 : 0;
    }
    return less;
  }

  private void blocks(long key, FloatBuffer to) {
    for (int i = 0; i < length; i++) {
      to.put(i, 1);
    }
    int planes = size[0] - block[0] + 1;
    int rows = size[1] - block[1] + 1;
    int columns = size[2] - block[2] + 1;
    // The paper's gamma: the rate of blocks that would drop the wanted share if blocks did not
    // overlap.
    double places = (double) planes * rows * columns;
    double covered = (double) block[0] * block[1] * block[2];
    double gamma = op.probability() * size[0] * size[1] * size[2] / (covered * places);
    long place = 0;
    for (int map = 0; map < maps; map++) {
      for (int z = 0; z < planes; z++) {
        for (int y = 0; y < rows; y++) {
          for (int x = 0; x < columns; x++) {
            if (draws.uniform(key, place++) < gamma) {
              clear(((map * size[0] + z) * size[1] + y) * size[2] + x, to);
            }
          }
        }
      }
    }
    int kept = 0;
    for (int i = 0; i < length; i++) {
      kept += to.get(i) == 0 ? 0 : 1;
    }
    float scale = (float) ((double) length / kept);
    for (int i = 0; i < length; i++) {
      if (to.get(i) != 0) {
        to.put(i, scale);
      }
    }
  }

  /** Drops the block whose first corner lies at an index. */
  private void clear(int corner, FloatBuffer to) {
    for (int z = 0; z < block[0]; z++) {
      for (int y = 0; y < block[1]; y++) {
        int row = corner + (z * size[1] + y) * size[2];
        for (int x = 0; x < block[2]; x++) {
          to.put(row + x, 0);
        }
      }
    }
  }
}
