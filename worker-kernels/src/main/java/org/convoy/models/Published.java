package org.convoy.models;

/**
 * An accuracy that others report for a network.
 *
 * @param top1 percent of the data set's validation or test images whose first guess is right, from
 *     one network and one crop
 * @param source the paper and its table, or the weights
 */
public record Published(double top1, String source) {
  static final String TORCHVISION = "torchvision, weights IMAGENET1K_V1";
}
