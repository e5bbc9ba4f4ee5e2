package org.convoy.graph;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The input batch of a plan. It is the first node of every graph.
 *
 * <p>A network of several inputs, such as two views of an object, takes them as one: {@code parts}
 * names the inputs, whose channels lie one after another. Each is read by a {@link Slice} of its
 * channels, which has the input's name. So a plan has one input, as it has one result.
 *
 * @param parts the inputs of a network of several, in order; empty if there is one
 */
public record Input(
    @JsonProperty("shape") Shape shape,
    @JsonProperty("parts") @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Part> parts)
    implements Op {

  /**
   * One of several inputs.
   *
   * @param name of the input, and of the node that reads it
   * @param channels of the input
   */
  public record Part(
      @JsonProperty("name") String name, @JsonProperty("channels") int channels) {}

  /** Checks that the parts are the whole. */
  @JsonCreator
  public Input(
      @JsonProperty("shape") Shape shape, @JsonProperty("parts") @Nullable List<Part> parts) {
    this.shape = shape;
    this.parts = parts == null ? List.of() : List.copyOf(parts);
    long names = this.parts.stream().map(Part::name).distinct().count();
    long channels = this.parts.stream().mapToLong(Part::channels).sum();
    boolean whole =
        channels == shape.channels() && this.parts.stream().allMatch(part -> part.channels() > 0);
    if (!this.parts.isEmpty() && (!whole || names < this.parts.size())) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "input: expected parts of different names that together have %d channels, got %s",
              shape.channels(),
              this.parts));
    }
  }

  /** One input. */
  public Input(Shape shape) {
    this(shape, List.of());
  }

  /** The same inputs of another size. */
  Input at(Shape other) {
    return new Input(other, parts);
  }

  /** The shape of one sample of a part. */
  public Shape shape(Part part) {
    return shape.withChannels(part.channels());
  }

  /** How a part is read. */
  public Slice slice(Part part) {
    int from = 0;
    for (Part each : parts) {
      if (each.equals(part)) {
        return new Slice(0, from, from + part.channels());
      }
      from += each.channels();
    }
    throw new GraphException("input: expected one of " + parts + ", got " + part);
  }

  /**
   * A part of a batch of all inputs, or of its gradient.
   *
   * @param joint (batch, channels of all inputs, spatial...)
   * @param name of the part
   * @return a view of it
   */
  public INDArray view(INDArray joint, String name) {
    Part wanted =
        parts.stream()
            .filter(part -> part.name().equals(name))
            .findFirst()
            .orElseThrow(
                () -> new GraphException("input: expected one of " + parts + ", got " + name));
    Slice slice = slice(wanted);
    return joint.get(NDArrayIndex.all(), NDArrayIndex.interval(slice.from(), slice.to()));
  }

  /**
   * Checks that a node that reads the input takes one part of it, and has the part's name.
   *
   * @throws GraphException if it does not
   */
  void requirePart(Node reader) {
    boolean fits =
        parts.stream()
            .anyMatch(
                part -> part.name().equals(reader.name()) && slice(part).equals(reader.op()));
    if (!parts.isEmpty() && !fits) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "node %s: expected a slice of one of the inputs %s with its name, got %s",
              reader.name(),
              parts,
              reader.op()));
    }
  }

  @Override
  public Shape infer(List<Shape> inputs) {
    if (!inputs.isEmpty()) {
      throw new GraphException("input takes no inputs, got " + inputs);
    }
    return shape;
  }

  @Override
  public String word() {
    return "input";
  }
}
