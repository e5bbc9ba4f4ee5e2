package org.convoy.kernels.cudnn;

import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.ShortPointer;
import org.convoy.graph.Activate;
import org.convoy.kernels.cuda.Addresses;

/**
 * Engines that compute on the host by definition, in the place of cuDNN's. They show that a program
 * hands engines the tensors that they should read and write. They do not show that cuDNN takes a
 * work, nor that it reads a work as it is meant here.
 */
final class HostEngines implements Engines {
  private static final long WORKSPACE = 40;

  @Override
  public Optional<Engine> find(Work work, Optional<String> chosen, long workspaceLimit) {
    if (WORKSPACE > workspaceLimit) {
      return Optional.empty();
    }
    if (work instanceof Work.Convolution convolution) {
      return convolution.epilogue().activation().filter(op -> function(op).isEmpty()).isPresent()
          ? Optional.empty()
          : Optional.of(engine(places -> new Convolving(convolution, places).run()));
    }
    return Optional.of(engine(places -> multiply((Work.Product) work, places)));
  }

  private interface Launch {
    void of(long[] places);
  }

  private static Engine engine(Launch launch) {
    return new Engine() {
      @Override
      public String word() {
        return "host";
      }

      @Override
      public long workspaceBytes() {
        return WORKSPACE;
      }

      @Override
      public void launch(long workspace, long... places) {
        if (workspace == 0) {
          throw new IllegalStateException("no workspace");
        }
        launch.of(places);
      }

      @Override
      public void close() {}
    };
  }

  /** A function that these engines have; empty for one that they lack. */
  private static Optional<DoubleUnaryOperator> function(Activate op) {
    return switch (op.function()) {
      case RELU -> Optional.of(x -> Math.max(x, 0));
      case RELU6 -> Optional.of(x -> Math.min(Math.max(x, 0), 6));
      case SILU -> Optional.of(x -> x / (1 + Math.exp(-x)));
      default -> Optional.empty();
    };
  }

  private static float read(NumberType type, long address, long element) {
    if (type == NumberType.FLOAT32) {
      return new FloatPointer(Addresses.at(address)).get(element);
    }
    return Float.intBitsToFloat(new ShortPointer(Addresses.at(address)).get(element) << 16);
  }

  private static void write(NumberType type, long address, long element, double value) {
    if (type == NumberType.FLOAT32) {
      new FloatPointer(Addresses.at(address)).put(element, (float) value);
    } else {
      int bits = Float.floatToRawIntBits((float) value);
      int rounded = bits + 0x7FFF + (bits >>> 16 & 1);
      new ShortPointer(Addresses.at(address)).put(element, (short) (rounded >>> 16));
    }
  }

  private static void multiply(Work.Product work, long[] places) {
    for (long sample = 0; sample < work.samples(); sample++) {
      for (long row = 0; row < work.rows(); row++) {
        for (long column = 0; column < work.columns(); column++) {
          double sum = 0;
          for (long term = 0; term < work.terms(); term++) {
            long left = at(work.left(), sample, row, term);
            long right = at(work.right(), sample, term, column);
            sum +=
                (double) read(work.type(), places[0], left) * read(work.type(), places[1], right);
          }
          write(work.to(), places[2], at(work.result(), sample, row, column), sum);
        }
      }
    }
  }

  private static long at(List<Long> strides, long sample, long row, long column) {
    return sample * strides.get(0) + row * strides.get(1) + column * strides.get(2);
  }

  /** One run of a convolution: every product of an image's and a weight's number goes somewhere. */
  private static final class Convolving {
    private final Work.Convolution work;
    private final ConvolutionShape shape;
    private final long[] places;
    private final NumberType type;
    private final double[] sums;

    Convolving(Work.Convolution work, long[] places) {
      this.work = work;
      this.shape = work.shape();
      this.places = places;
      this.type = work.type();
      long elements =
          switch (work.direction()) {
            case FORWARD -> shape.result().elements();
            case DATA -> shape.image().elements();
            case WEIGHTS -> shape.weights();
          };
      this.sums = new double[Math.toIntExact(elements)];
    }

    void run() {
      Desc result = shape.result();
      for (int sample = 0; sample < result.samples(); sample++) {
        for (int position = 0; position < result.positions(); position++) {
          for (int tap = 0; tap < shape.window().taps(); tap++) {
            int under = imageUnder(position, tap);
            if (under >= 0) {
              channels(sample * result.positions() + position, sample, under, tap);
            }
          }
        }
      }
      switch (work.direction()) {
        case FORWARD -> finish();
        case DATA -> store(type, places[0]);
        case WEIGHTS -> store(work.weights(), places[1]);
      }
    }

    /** The image's position under a tap of a result's window; less than 0 in the padding. */
    private int imageUnder(int position, int tap) {
      int under = 0;
      int restOfPosition = position;
      int restOfTap = tap;
      int stride = 1;
      for (int d = 2; d >= 0; d--) {
        int size = shape.image().three(d);
        int kernel = ConvolutionShape.three(shape.window().kernel(), d, 1);
        int at =
            restOfPosition
                    % shape.result().three(d)
                    * ConvolutionShape.three(shape.window().stride(), d, 1)
                - ConvolutionShape.three(shape.window().padBefore(), d, 0)
                + restOfTap % kernel * ConvolutionShape.three(shape.window().dilation(), d, 1);
        if (at < 0 || at >= size) {
          return -1;
        }
        under += at * stride;
        stride *= size;
        restOfPosition /= shape.result().three(d);
        restOfTap /= kernel;
      }
      return under;
    }

    private void channels(int row, int sample, int under, int tap) {
      int depth = shape.depth();
      int outputs = shape.result().channels();
      for (int output = 0; output < outputs; output++) {
        int group = output / (outputs / shape.groups());
        for (int c = 0; c < depth; c++) {
          int image =
              (sample * shape.image().positions() + under) * shape.image().channels()
                  + group * depth
                  + c;
          int weight = (output * shape.window().taps() + tap) * depth + c;
          int result = row * outputs + output;
          switch (work.direction()) {
            case FORWARD ->
                sums[result] +=
                    (double) read(type, places[0], image) * read(work.weights(), places[1], weight);
            case DATA ->
                sums[image] +=
                    (double) read(work.weights(), places[1], weight)
                        * read(type, places[2], result);
            case WEIGHTS ->
                sums[weight] +=
                    (double) read(type, places[0], image) * read(type, places[2], result);
          }
        }
      }
    }

    private void store(NumberType as, long place) {
      for (int i = 0; i < sums.length; i++) {
        write(as, place, i, sums[i]);
      }
    }

    private void finish() {
      Epilogue epilogue = work.epilogue();
      int channels = shape.result().channels();
      int next = 3;
      long bias = epilogue.bias() ? places[next++] : 0;
      long addend = epilogue.addend() ? places[next++] : 0;
      for (int i = 0; i < sums.length; i++) {
        sums[i] += bias == 0 ? 0 : read(NumberType.FLOAT32, bias, i % channels);
        sums[i] += addend == 0 ? 0 : read(type, addend, i);
        if (epilogue.activation().isPresent()) {
          sums[i] = function(epilogue.activation().get()).orElseThrow().applyAsDouble(sums[i]);
        }
      }
      store(type, places[2]);
    }
  }
}
