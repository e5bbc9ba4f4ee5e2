package org.convoy.artifact;

/**
 * What an exported network computes beside the saved one.
 *
 * @param imageInput whether it takes images of 8-bit pixels, {@code (batch, height, width,
 *     channels)}, and normalises them itself; else {@code (batch, channels, height, width)} float32
 *     that was normalised before
 * @param output what it gives for a sample
 * @param foldNorms whether batch normalisation is folded into the convolution or linear layer
 *     before it, where one is
 */
public record ExportOptions(boolean imageInput, Output output, boolean foldNorms) {

  /** What a network gives for a sample, {@code (batch, classes)} float32. */
  public enum Output {
    /** The outputs of the saved network. */
    LOGITS,
    /** Their softmax: probabilities of classes that exclude each other. */
    SOFTMAX,
    /** Their sigmoid: a probability for each class by itself. */
    SIGMOID
  }

  /** The network as it was saved. */
  public static final ExportOptions PLAIN = new ExportOptions(false, Output.LOGITS, false);
}
