package org.convoy.graph;

import java.util.List;
import java.util.Locale;

/**
 * Scaled dot-product attention of several heads (Vaswani et al. 2017, equation 1): {@code values
 * softmax(keys^T queries / sqrt(d))}, where the softmax is over the keys, and d is the number of
 * channels of a head. Inputs are queries, keys and values, sequences of channels; each head reads
 * its share of their channels and gives its share of the result's.
 *
 * @param heads divides the channels of queries and keys, and of values
 */
public record Attention(int heads) implements Op {

  public Attention {
    if (heads < 1) {
      throw new GraphException("attention: heads must be at least 1, got " + heads);
    }
  }

  @Override
  public Shape infer(List<Shape> inputs) {
    if (inputs.size() != 3) {
      throw new GraphException("attention takes three inputs, got " + inputs.size());
    }
    Shape queries = inputs.get(0);
    Shape keys = inputs.get(1);
    Shape values = inputs.get(2);
    if (inputs.stream().anyMatch(input -> input.spatialRank() != 1)
        || keys.channels() != queries.channels()
        || values.positions() != keys.positions()
        || keys.channels() % heads != 0
        || values.channels() % heads != 0) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "attention: expected sequences with queries and keys of equal channels, keys and values of equal lengths, and channels that %d heads divide, got %s, %s and %s",
              heads,
              queries,
              keys,
              values));
    }
    return Shape.of(values.channels(), queries.spatial());
  }

  @Override
  public long multiplyAdds(List<Shape> inputs) {
    long pairs = inputs.get(0).positions() * inputs.get(1).positions();
    return pairs * (inputs.get(0).channels() + inputs.get(2).channels());
  }

  @Override
  public String word() {
    return "attention";
  }
}
