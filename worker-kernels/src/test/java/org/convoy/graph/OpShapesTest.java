package org.convoy.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Shapes of ops that norm single samples, move elements or multiply, and how they say no. */
class OpShapesTest {
  private static Value image() {
    return Value.input(Shape.of(6, 8, 7));
  }

  private static void refused(String message, Executable work) {
    assertEquals(message, assertThrows(GraphException.class, work).getMessage());
  }

  @Test
  void shapesFollowTheOps() {
    assertEquals(Shape.of(6, 8, 7), image().groupNorm("n", 3).shape());
    assertEquals(Shape.of(6, 8, 7), image().instanceNorm("n", false).shape());
    assertEquals(Shape.of(6, 8, 7), image().responseNorm("n").prelu("p").softmax().shape());
    assertEquals(Shape.of(2, 8, 7), image().channels(1, 3).shape());
    assertEquals(Shape.of(6, 8, 4), image().slice(2, 3, 7).shape());
    assertEquals(Shape.of(6, 9, 10), image().pad(List.of(1, 0), List.of(0, 3)).shape());
    assertEquals(Shape.of(6, 8, 7), image().shuffle(3).shape());
    assertEquals(Shape.of(6, 5, 9), image().resize(Resize.Method.LINEAR, List.of(5, 9)).shape());
    assertEquals(Shape.of(6, 12, 10), image().resize(Resize.Method.NEAREST, 1.5).shape());
    assertEquals(
        Shape.of(56, 6), image().reshape(Shape.of(6, 56)).reshape(Shape.of(56, 6)).shape());
    Value x = image();
    assertEquals(Shape.of(56, 56), x.product(true, x, false).shape());
    assertEquals(Shape.of(6, 6), x.product(false, x, true).shape());
  }

  @Test
  void transposedConvolutionsGiveBackTheSize() {
    TransposedConvolution twice = TransposedConvolution.of(4, 2).stride(2);
    assertEquals(Shape.of(4, 16, 14), image().transposedConv("t", twice).shape());
    TransposedConvolution three = TransposedConvolution.of(4, 3).stride(2).padding(1);
    assertEquals(Shape.of(4, 15, 13), image().transposedConv("t", three).shape());
    assertEquals(Shape.of(4, 16, 14), image().transposedConv("t", three.outputPadding(1)).shape());
    TransposedConvolution wide = TransposedConvolution.of(4, 3).dilation(2);
    assertEquals(Shape.of(4, 12, 11), image().transposedConv("t", wide).shape());
    Graph graph = image().transposedConv("t", twice.groups(2).withBias()).graph("g");
    assertEquals(
        List.of(Shape.of(6, 2, 2, 2), Shape.of(4)),
        Parameters.of(graph).all().stream().map(Parameter::shape).toList());
    assertEquals(6 * 56 * 4 * 2, graph.multiplyAdds());
  }

  /** TensorFlow's rule, of which the odd position stands behind. */
  @Test
  void samePaddingKeepsTheNumberOfWindows() {
    Window window = Window.square(3).stride(2).same(List.of(8, 7));
    assertEquals(List.of(0, 1), window.padBefore());
    assertEquals(List.of(1, 1), window.padAfter());
    assertEquals(List.of(4, 4), window.slide(List.of(8, 7), false));
    Window even = Window.square(4).dilation(3).same(List.of(8));
    assertEquals(List.of(4), even.padBefore());
    assertEquals(List.of(5), even.padAfter());
    assertEquals(List.of(8), even.slide(List.of(8), false));
    Window sparse = Window.square(1).stride(3).same(List.of(8));
    assertEquals(List.of(0), sparse.padAfter());
    assertEquals(Shape.of(6, 9, 9), image().pad(window).shape());
  }

  @Test
  void opsSayWhatTheyCannotTake() {
    Value x = image();
    refused(
        "n: group norm: input 6x8x7 has 6 channels, which 4 groups do not divide",
        () -> x.groupNorm("n", 4));
    refused(
        "group norm: groups must be at least 1 and epsilon positive, got 0 and 1.0E-5",
        () -> GroupNorm.of(0));
    refused("response norm: epsilon must be positive, got 0.0", () -> new GlobalResponseNorm(0));
    refused("slice: slice: input 6x8x7 has no range [3, 7) of dimension 0", () -> x.channels(3, 7));
    refused(
        "slice: expected a dimension and a range from 0 on that is not empty, got [3, 3) of"
            + " dimension 1",
        () -> x.slice(1, 3, 3));
    refused(
        "pad: pad: input 6x8x7 must have 1 spatial dimensions",
        () -> x.pad(List.of(1), List.of(1)));
    refused(
        "pad: expected as many numbers before as after, each at least 0, got [1] and [-1]",
        () -> new Pad(List.of(1), List.of(-1)));
    refused(
        "shuffle: shuffle: input 6x8x7 has 6 channels, which 4 groups do not divide",
        () -> x.shuffle(4));
    refused(
        "resize: every size must be at least 1, got [0, 0]",
        () -> x.resize(Resize.Method.LINEAR, 0.1));
    refused(
        "resize: resize: input 6x8x7 must have 1 spatial dimensions",
        () -> x.resize(Resize.Method.LINEAR, List.of(3)));
    refused(
        "product: matrix product: 56 columns of the left factor, a matrix of input 6x8x7, do not"
            + " meet 6 rows of the right, of input 6x8x7",
        () -> x.product(false, x, false));
    refused(
        "product: the two values belong to different networks",
        () -> x.product(false, image(), true));
    refused(
        "reshape: reshape: input 6x8x7 has 336 elements, 6x8 has 48",
        () -> x.reshape(Shape.of(6, 8)));
    refused(
        "transposed convolution: output padding must be at least 0 and less than the stride [2],"
            + " got [2]",
        () -> TransposedConvolution.of(4, 2).stride(2).outputPadding(2));
    refused(
        "t: transposed convolution: input 6x8x7 has 6 channels, which 4 groups do not divide",
        () -> x.transposedConv("t", TransposedConvolution.of(4, 2).groups(4)));
  }

  @Test
  void aFileKeepsEveryOp() {
    Value x = image().groupNorm("n", 3).responseNorm("r").prelu("p").softmax().shuffle(2);
    x = x.channels(0, 4).pad(List.of(1, 0), List.of(0, 1)).resize(Resize.Method.LINEAR, 2.0);
    x = x.transposedConv("t", TransposedConvolution.of(4, 3).stride(2).outputPadding(1));
    x = x.product(false, x, true).reshape(Shape.of(16));
    Graph graph = x.graph("every op");
    assertEquals(graph, Graph.fromJson(graph.toJson()));
  }
}
