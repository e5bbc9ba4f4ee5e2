package org.convoy.kernels.cudnn;

import java.util.List;
import org.convoy.kernels.cudnn.ConvolutionShape.Direction;

/** What an engine computes. */
sealed interface Work {

  /** The type of the numbers that it multiplies. */
  NumberType type();

  /** Which of its tensors it writes, by their places. */
  List<Integer> written();

  /**
   * A convolution. Its tensors are the image (x, or its gradient), the weights (or their gradient)
   * and the result (y, or its gradient), then bias and addend, those that the epilogue has.
   *
   * @param weights the type of the weights, or of their gradient
   * @param epilogue of a forward convolution; none in the other directions
   */
  record Convolution(
      ConvolutionShape shape, Direction direction, NumberType weights, Epilogue epilogue)
      implements Work {
    private static final int IMAGE = 0;
    private static final int WEIGHTS = 1;
    private static final int RESULT = 2;

    @Override
    public NumberType type() {
      return shape.image().type();
    }

    @Override
    public List<Integer> written() {
      return switch (direction) {
        case DATA -> List.of(IMAGE);
        case WEIGHTS -> List.of(WEIGHTS);
        case FORWARD -> List.of(RESULT);
      };
    }
  }

  /**
   * The product of one matrix a sample with another. Its tensors are the left one, the right one
   * and the result.
   *
   * @param left strides in elements over samples, rows and terms
   * @param right over samples, terms and columns
   * @param result over samples, rows and columns
   * @param to the type of the result
   */
  record Product(
      NumberType type,
      NumberType to,
      long samples,
      long rows,
      long terms,
      long columns,
      List<Long> left,
      List<Long> right,
      List<Long> result)
      implements Work {
    private static final int RESULT = 2;

    @Override
    public List<Integer> written() {
      return List.of(RESULT);
    }
  }
}
