package org.convoy.graph;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Attention of the positions of an image to each other, where a learned number for each head and
 * relative position is added to the scores (Dai et al. 2021, "CoAtNet", equation 3): {@code values
 * softmax(keys^T queries / sqrt(d) + b)}, with {@code b} a function of the query's position minus
 * the key's. Otherwise as {@link Attention}, with images in place of sequences.
 *
 * <p>One parameter, timm's {@code relative_position_bias_table} of shape {@code ((2h-1)(2w-1),
 * heads)} for images of h x w, which is not decayed. Its first row belongs to the least difference
 * in both directions; the horizontal difference changes fastest.
 *
 * @param heads divides the channels of queries and keys, and of values
 * @param initializer of the parameter
 */
public record RelativeAttention(int heads, Initializer initializer) implements Op {

  public RelativeAttention {
    if (heads < 1) {
      throw new GraphException("relative attention: heads must be at least 1, got " + heads);
    }
  }

  @Override
  public Shape infer(List<Shape> inputs) {
    boolean images =
        inputs.size() == 3
            && inputs.stream()
                .allMatch(
                    input ->
                        input.spatialRank() == 2 && input.spatial().equals(inputs.get(0).spatial()))
            && inputs.get(0).channels() == inputs.get(1).channels()
            && inputs.get(0).channels() % heads == 0
            && inputs.get(2).channels() % heads == 0;
    if (!images) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "relative attention: expected queries, keys and values, three images of one size whose channels %d heads divide, queries and keys of equal channels, got %s",
              heads,
              inputs));
    }
    return inputs.get(2);
  }

  @Override
  public List<ParameterSpec> parameters(List<Shape> inputs) {
    List<Integer> size = inputs.get(0).spatial();
    Shape table = Shape.of((2 * size.get(0) - 1) * (2 * size.get(1) - 1), heads);
    return List.of(
        new ParameterSpec("relative_position_bias_table", table, ParameterKind.BIAS, initializer));
  }

  @Override
  public long multiplyAdds(List<Shape> inputs) {
    long pairs = inputs.get(0).positions() * inputs.get(0).positions();
    return pairs * (inputs.get(0).channels() + inputs.get(2).channels());
  }

  /**
   * The row of the table that belongs to a query and a key, for images of a size.
   *
   * @return {@code (keys, queries)} in C order
   */
  public static List<Integer> rows(List<Integer> size) {
    int height = size.get(0);
    int width = size.get(1);
    int positions = height * width;
    return IntStream.range(0, positions * positions)
        .map(
            pair -> {
              int key = pair / positions;
              int query = pair % positions;
              int down = query / width - key / width + height - 1;
              return down * (2 * width - 1) + query % width - key % width + width - 1;
            })
        .boxed()
        .toList();
  }

  @Override
  public String word() {
    return "relative_attention";
  }
}
