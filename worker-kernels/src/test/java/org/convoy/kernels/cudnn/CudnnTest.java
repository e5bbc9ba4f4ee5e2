package org.convoy.kernels.cudnn;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.convoy.graph.Activate;
import org.convoy.graph.Window;
import org.convoy.kernels.cuda.ForeignLibrary;
import org.convoy.kernels.cudnn.ConvolutionShape.Direction;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * cuDNN itself, where it is found, without a GPU: it checks descriptors when they are finalised,
 * and finds and plans engines for a GPU that is described to it. That shows which works it takes,
 * and that a deterministic engine computes them. It does not show what the engines compute.
 */
class CudnnTest {
  private static final long UNLIMITED = Long.MAX_VALUE;
  private static final List<Window> WINDOWS =
      List.of(
          Window.square(3).forRank(2),
          Window.square(7).stride(2).forRank(2),
          Window.square(1).forRank(2),
          Window.of(List.of(3, 3)).padding(List.of(0, 1), List.of(1, 0)),
          Window.square(3).dilation(2).padding(2).forRank(2),
          Window.square(3).forRank(1),
          Window.square(3).forRank(3));

  private static final List<Epilogue> EPILOGUES =
      List.of(
          new Epilogue(true, false, Optional.empty()),
          new Epilogue(true, false, activation(Activate.Function.SILU)),
          new Epilogue(true, true, activation(Activate.Function.RELU)),
          new Epilogue(true, false, activation(Activate.Function.RELU6)));

  private static Optional<Activate> activation(Activate.Function function) {
    return Optional.of(Activate.of(function));
  }

  @Test
  void everyDirectionAndEpilogueIsTaken() {
    CudnnLibrary library = library();
    for (Window window : WINDOWS) {
      for (int groups : new int[] {1, 4}) {
        for (NumberType type : NumberType.values()) {
          ConvolutionShape shape = shape(window, groups, type);
          for (Direction direction : Direction.values()) {
            assertTaken(library, new Work.Convolution(shape, direction, type, Epilogue.NONE));
          }
          for (Epilogue epilogue : EPILOGUES) {
            assertTaken(library, new Work.Convolution(shape, Direction.FORWARD, type, epilogue));
          }
        }
      }
    }
    assertTaken(library, product(NumberType.BFLOAT16));
    for (Activate.Function function : Activate.Function.values()) {
      if (Pointwise.of(new Activate(function, 0.5)).isPresent()) {
        Epilogue epilogue = new Epilogue(false, false, Optional.of(new Activate(function, 0.5)));
        ConvolutionShape shape = shape(WINDOWS.get(0), 1, NumberType.BFLOAT16);
        assertTaken(
            library, new Work.Convolution(shape, Direction.FORWARD, NumberType.BFLOAT16, epilogue));
      }
    }
  }

  private static void assertTaken(CudnnLibrary library, Work work) {
    assertDoesNotThrow(() -> OperationGraph.of(library, work).close(), work::toString);
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
            OperationGraph.of(
                library,
                new Work.Convolution(shape, Direction.FORWARD, NumberType.FLOAT32, Epilogue.NONE)));
  }

  @TestFactory
  Stream<DynamicTest> anH100HasAnEngine() {
    ConvolutionShape exact = shape(WINDOWS.get(0), 1, NumberType.FLOAT32);
    ConvolutionShape rounded = shape(WINDOWS.get(0), 1, NumberType.BFLOAT16);
    Stream<Work> convolutions =
        Stream.of(Direction.values())
            .flatMap(
                direction ->
                    Stream.of(exact, rounded)
                        .map(
                            shape ->
                                new Work.Convolution(
                                    shape, direction, shape.image().type(), Epilogue.NONE)));
    return convolutions.map(work -> DynamicTest.dynamicTest(word(work), () -> assertFound(work)));
  }

  /** What cuDNN compiles when a plan is made, for which it opens the GPU's driver. */
  @TestFactory
  Stream<DynamicTest> anH100HasAFusedEngineInBfloat16() {
    ConvolutionShape shape = shape(WINDOWS.get(0), 1, NumberType.BFLOAT16);
    Stream<Work> fused =
        EPILOGUES.stream()
            .map(
                epilogue ->
                    new Work.Convolution(shape, Direction.FORWARD, NumberType.BFLOAT16, epilogue));
    return Stream.concat(fused, Stream.of(product(NumberType.BFLOAT16)))
        .map(
            work ->
                DynamicTest.dynamicTest(
                    word(work),
                    () -> {
                      needs("the GPU's driver", "libcuda.so.1");
                      assertFound(work);
                    }));
  }

  private static String word(Work work) {
    return work instanceof Work.Convolution convolution
        ? convolution.type().word()
            + " "
            + convolution.direction().word()
            + " "
            + convolution.epilogue().word()
        : "matrix product";
  }

  /** There is one, it can be found again by its word, and a word that there is not is no error. */
  private static void assertFound(Work work) {
    CudnnLibrary library = library();
    needs("cuBLAS", "libcublasLt.so.13", "libcublasLt.so.12");
    Cudnn cudnn = new Cudnn(library, 0, DescribedGpu.h100(library));
    String word;
    try (Engine engine = cudnn.find(work, Optional.empty(), UNLIMITED).orElseThrow()) {
      word = engine.word();
      assertTrue(engine.workspaceBytes() >= 0, word);
      long less = engine.workspaceBytes() - 1;
      if (less >= 0) {
        Optional<Engine> smaller = cudnn.find(work, Optional.of(word), less);
        smaller.ifPresent(each -> assertTrue(each.workspaceBytes() <= less, each.word()));
        smaller.ifPresent(Engine::close);
      }
    }
    try (Engine again = cudnn.find(work, Optional.of(word), UNLIMITED).orElseThrow()) {
      assertEquals(word, again.word());
    }
    try (Engine other = cudnn.find(work, Optional.of("engine 9999"), UNLIMITED).orElseThrow()) {
      assertEquals(word, other.word());
    }
  }

  private static void needs(String what, String... names) {
    try {
      ForeignLibrary.open(what, List.of(names));
    } catch (UnsupportedOperationException e) {
      abort("needs " + what + ": " + e.getMessage());
    }
  }

  private static Work product(NumberType type) {
    // Of the channels 64 to 127 of 192 with themselves, at 50 positions.
    List<Long> rows = List.of(50L * 192, 192L, 1L);
    List<Long> columns = List.of(50L * 192, 1L, 192L);
    List<Long> result = List.of(2500L, 50L, 1L);
    return new Work.Product(type, NumberType.FLOAT32, 4, 50, 64, 50, rows, columns, result);
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
