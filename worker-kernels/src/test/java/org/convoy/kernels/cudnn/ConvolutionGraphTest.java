package org.convoy.kernels.cudnn;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.List;
import org.convoy.graph.Window;
import org.junit.jupiter.api.Test;

/**
 * cuDNN takes the descriptors of convolutions, where it is found. That needs no GPU: descriptors
 * are checked when they are finalised. Whether an engine computes them, only a GPU's heuristics
 * say.
 */
class ConvolutionGraphTest {
  private static final List<Window> WINDOWS =
      List.of(
          Window.square(3).forRank(2),
          Window.square(7).stride(2).forRank(2),
          Window.square(1).forRank(2),
          Window.of(List.of(3, 3)).padding(List.of(0, 1), List.of(1, 0)),
          Window.square(3).dilation(2).padding(2).forRank(2),
          Window.square(3).forRank(1),
          Window.square(3).forRank(3));

  @Test
  void everyDirectionIsTaken() {
    CudnnLibrary library = library();
    for (Window window : WINDOWS) {
      for (int groups : new int[] {1, 4}) {
        for (NumberType type : NumberType.values()) {
          ConvolutionShape shape = shape(window, groups, type);
          for (ConvolutionShape.Direction direction : ConvolutionShape.Direction.values()) {
            assertDoesNotThrow(
                () -> new ConvolutionGraph(library, shape, direction, type).close(),
                () -> shape + " " + direction);
          }
        }
      }
    }
  }

  @Test
  void wrongSizesAreRefused() {
    CudnnLibrary library = library();
    Desc image = new Desc(NumberType.FLOAT32, 2, List.of(9, 9), 8);
    Desc wrong = new Desc(NumberType.FLOAT32, 2, List.of(5, 9), 16);
    ConvolutionShape shape = new ConvolutionShape(image, wrong, Window.square(3).forRank(2), 1);
    assertThrows(
        IllegalStateException.class,
        () ->
            new ConvolutionGraph(
                library, shape, ConvolutionShape.Direction.FORWARD, NumberType.FLOAT32));
  }

  private static ConvolutionShape shape(Window window, int groups, NumberType type) {
    List<Integer> spatial = List.of(9, 8, 7).subList(0, window.rank());
    Desc image = new Desc(type, 2, spatial, 8);
    Desc result = new Desc(type, 2, window.slide(spatial, false), 16);
    return new ConvolutionShape(image, result, window, groups);
  }

  private static CudnnLibrary library() {
    try {
      return CudnnLibrary.open();
    } catch (UnsupportedOperationException e) {
      return abort("needs cuDNN: " + e.getMessage());
    }
  }
}
