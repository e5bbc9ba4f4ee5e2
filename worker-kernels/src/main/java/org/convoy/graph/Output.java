package org.convoy.graph;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * One of several results of a network.
 *
 * @param node the name of the node that computes it
 * @param weight of its loss in training, more than 0
 */
public record Output(@JsonProperty("node") String node, @JsonProperty("weight") double weight) {
  /** Checks the weight. */
  public Output {
    if (!(weight > 0) || !Double.isFinite(weight)) {
      throw new GraphException("output " + node + ": expected a weight above 0, got " + weight);
    }
  }
}
