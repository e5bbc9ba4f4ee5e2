package org.convoy.graph;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The dimensions of one tensor, outermost first as they lie in memory. In a graph, shapes have no
 * sample dimension: an image is {@code (channels, height, width)}, a volume {@code (channels,
 * depth, height, width)}, a vector of features {@code (channels)}.
 *
 * @param dimensions each at least 1
 */
public record Shape(@JsonValue List<Integer> dimensions) {

  @JsonCreator
  public Shape {
    dimensions = List.copyOf(dimensions);
    for (int dimension : dimensions) {
      if (dimension < 1) {
        throw new GraphException("every dimension must be at least 1, got " + dimensions);
      }
    }
  }

  public static Shape of(int... dimensions) {
    return new Shape(Arrays.stream(dimensions).boxed().toList());
  }

  /** Channels first, then the spatial dimensions. */
  public static Shape of(int channels, List<Integer> spatial) {
    int[] all = new int[1 + spatial.size()];
    all[0] = channels;
    for (int i = 0; i < spatial.size(); i++) {
      all[i + 1] = spatial.get(i);
    }
    return of(all);
  }

  public int rank() {
    return dimensions.size();
  }

  public int dimension(int index) {
    return dimensions.get(index);
  }

  /** The first dimension. */
  public int channels() {
    return dimensions.get(0);
  }

  /** The dimensions after the channels; empty for a vector of features. */
  public List<Integer> spatial() {
    return dimensions.subList(1, dimensions.size());
  }

  public int spatialRank() {
    return dimensions.size() - 1;
  }

  /** The number of positions: the product of the spatial dimensions, 1 for a vector of features. */
  public long positions() {
    return elements() / channels();
  }

  public long elements() {
    long product = 1;
    for (int dimension : dimensions) {
      product = Math.multiplyExact(product, dimension);
    }
    return product;
  }

  /** Whether the shape has at most so many elements, for dimensions of any size. */
  public boolean hasAtMost(long elements) {
    long left = elements;
    for (int dimension : dimensions) {
      left /= dimension;
    }
    return left > 0;
  }

  public Shape withChannels(int channels) {
    return of(channels, spatial());
  }

  /** All dimensions with {@code batch} in front, for the tensor that a plan holds. */
  public long[] batched(int batch) {
    long[] all = new long[rank() + 1];
    all[0] = batch;
    for (int i = 0; i < rank(); i++) {
      all[i + 1] = dimension(i);
    }
    return all;
  }

  public long[] toArray() {
    return dimensions.stream().mapToLong(Integer::longValue).toArray();
  }

  /** For example {@code 3x224x224}. */
  @Override
  public String toString() {
    return dimensions.stream().map(String::valueOf).collect(Collectors.joining("x"));
  }
}
