package org.convoy.kernels;

import java.util.ArrayList;
import java.util.List;
import org.convoy.graph.Convolution;
import org.convoy.graph.Embedding;
import org.convoy.graph.Initializer;
import org.convoy.graph.LayerNorm;
import org.convoy.graph.Linear;
import org.convoy.graph.RelativeAttention;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;

/** Cases of the ops of vision transformers. */
final class AttentionCases {
  private static final Initializer START = new Initializer.Normal(0.02);

  private AttentionCases() {}

  static List<Case> all() {
    List<Case> cases = new ArrayList<>();
    cases.add(Cases.first(3, Shape.of(13, 5), new Embedding(5, START)));
    cases.add(Cases.last(3, Shape.of(13, 5), new Embedding(1, START)));
    cases.add(Cases.last(1, Shape.of(33, 7), new Embedding(3, START)));
    cases.add(Cases.first(1, Shape.of(1, 1), new Embedding(1, START)));
    cases.add(Cases.last(3, Shape.of(16, 17), new Embedding(17, START)));
    cases.add(attention(3, Shape.of(3, 5), 1, 13, 17));
    cases.add(attention(1, Shape.of(13, 17), 3, 9, 6));
    cases.add(attention(3, Shape.of(16, 33), 4, 64, 64));
    cases.add(attention(3, Shape.of(3, 1), 2, 2, 2));
    Value x = Value.input(Shape.of(3, 9)).linear("sequence", 16);
    cases.add(Cases.of(3, x.attention(2, x, x), "attention of one sequence to itself"));
    Value keys = x.slice(1, 2, 7).linear("keys", unbiased(16));
    cases.add(Cases.of(3, x.attention(4, keys, keys), "attention to a shorter sequence"));
    cases.add(transformer());
    cases.add(relative(3, Shape.of(3, 3, 5), 1, 13, 17));
    cases.add(relative(1, Shape.of(13, 4, 1), 3, 9, 6));
    cases.add(relative(2, Shape.of(16, 4, 4), 4, 64, 64));
    cases.add(relative(3, Shape.of(3, 1, 1), 2, 2, 2));
    return cases;
  }

  private static Case attention(int batch, Shape shape, int heads, int channels, int valued) {
    Value x = Value.input(shape);
    Value queries = x.linear("queries", channels);
    Value values = x.linear("values", valued);
    Value y = queries.attention(heads, x.linear("keys", unbiased(channels)), values);
    return Cases.of(
        batch,
        y,
        "attention of " + heads + " heads, " + channels + " to " + valued + " at " + shape);
  }

  private static Case relative(int batch, Shape shape, int heads, int channels, int valued) {
    Value x = Value.input(shape);
    Value queries = x.conv("queries", Convolution.of(channels, 1).withBias());
    Value keys = x.conv("keys", Convolution.of(channels, 1));
    Value values = x.conv("values", Convolution.of(valued, 1).withBias());
    RelativeAttention op = new RelativeAttention(heads, new Initializer.Normal(0.5));
    Value y = queries.relativeAttention("positions", op, keys, values);
    return Cases.of(
        batch,
        y,
        "relative attention of "
            + heads
            + " heads, "
            + channels
            + " to "
            + valued
            + " at "
            + shape);
  }

  /** A bias that is the same for all keys changes no attention, so its gradient is zero. */
  private static Linear unbiased(int features) {
    return new Linear(features, false, Linear.of(1).initializer());
  }

  /** A vision transformer of one block. */
  private static Case transformer() {
    Value x = Value.input(Shape.of(3, 8, 6));
    x = x.conv("patches", Convolution.of(16, 2).padding(0).stride(2).withBias());
    x = x.reshape(Shape.of(16, 12)).pad(List.of(1), List.of(0)).embedding("token", 1, START);
    x = x.embedding("places", 13, START);
    Value y = x.norm("norm", LayerNorm.channels()).linear("qkv", 48);
    y = y.channels(0, 16).attention(2, y.channels(16, 32), y.channels(32, 48));
    x = x.add(y.linear("out", 16)).slice(1, 0, 1).flatten().linear("head", 3);
    return Cases.of(3, x, "vision transformer");
  }
}
