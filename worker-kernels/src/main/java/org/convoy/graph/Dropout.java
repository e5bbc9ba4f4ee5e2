package org.convoy.graph;

import java.util.List;
import java.util.Locale;

/**
 * Sets random parts of its input to zero in training and scales the other parts, so that the mean
 * stays the same. In inference it is the identity.
 *
 * <p>The draws depend only on the key of the pass, the node's name and the position; those of
 * {@code PATCH} do not depend on the name.
 *
 * @param probability of a part to be dropped, in [0, 1); 0 makes the op the identity
 * @param blockSize the side in positions of a block of {@code BLOCK}, at most the input's size, or
 *     of a patch of {@code PATCH}, which divides it; 1 for the other kinds
 */
public record Dropout(Kind kind, double probability, int blockSize) implements Op {

  /** The unit that is dropped as a whole. */
  public enum Kind {
    /** Each element by itself (Srivastava et al. 2014, torch's Dropout). */
    ELEMENT("dropout"),
    /** Whole channels of a sample (Tompson et al. 2015, torch's Dropout2d). */
    CHANNEL("channel_dropout"),
    /**
     * Square blocks of positions, separately for each channel. Kept elements are scaled by the
     * number of all elements of the batch divided by the number of kept ones (Ghiasi et al. 2018,
     * DropBlock, algorithm 1).
     */
    BLOCK("drop_block"),
    /**
     * Whole samples, on the branch of a residual block (Huang et al. 2016, torchvision's
     * StochasticDepth of mode "row").
     */
    SAMPLE("stochastic_depth"),
    /**
     * Square patches that do not overlap, in all channels: of each sample the same number. What is
     * kept is not scaled. All nodes drop the same patches, whatever their resolution (Woo et al.
     * 2023, ConvNeXt V2, section 3.1).
     */
    PATCH("patch_mask");

    private final String word;

    Kind(String word) {
      this.word = word;
    }
  }

  public Dropout {
    if (!(probability >= 0 && probability < 1)) {
      throw new GraphException(
          String.format(
              Locale.ROOT, "dropout: probability must be within [0, 1), got %s", probability));
    }
    boolean sized = kind == Kind.BLOCK || kind == Kind.PATCH;
    if (blockSize < 1 || (blockSize > 1 && !sized)) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "dropout: block size must be at least 1, and 1 unless blocks or patches are dropped, got %d for %s",
              blockSize,
              kind));
    }
  }

  public static Dropout element(double probability) {
    return new Dropout(Kind.ELEMENT, probability, 1);
  }

  public static Dropout channel(double probability) {
    return new Dropout(Kind.CHANNEL, probability, 1);
  }

  public static Dropout block(double probability, int blockSize) {
    return new Dropout(Kind.BLOCK, probability, blockSize);
  }

  public static Dropout sample(double probability) {
    return new Dropout(Kind.SAMPLE, probability, 1);
  }

  /**
   * @param side of a patch in positions of the node
   */
  public static Dropout patch(double probability, int side) {
    return new Dropout(Kind.PATCH, probability, side);
  }

  /** The number of patches of a sample that are kept, of so many. */
  public int kept(int patches) {
    return (int) (patches * (1 - probability));
  }

  @Override
  public Shape infer(List<Shape> inputs) {
    Shape input = Op.only(this, inputs);
    if (kind == Kind.BLOCK && input.spatialRank() == 0) {
      throw new GraphException(
          String.format(Locale.ROOT, "drop_block: input %s has no spatial dimensions", input));
    }
    if (kind == Kind.PATCH) {
      checkPatches(input);
    }
    return input;
  }

  private void checkPatches(Shape input) {
    if (input.spatialRank() != 2
        || input.spatial().stream().anyMatch(size -> size % blockSize != 0)
        || kept(Math.toIntExact(input.positions() / blockSize / blockSize)) == 0) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "patch_mask: expected an image of whole patches with a side of %d, of which at least one is kept with a probability of %s, got %s",
              blockSize,
              probability,
              input));
    }
  }

  @Override
  public String word() {
    return kind.word;
  }
}
