package org.convoy.rivals.libtorch;

import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.FileStore;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * One rank of Gloo's all-reduce, as libtorch brings it and PyTorch's data-parallel training uses it:
 * the main class of its process. It times the sum of a float32 vector in place, checks it, and
 * prints the median.
 */
public final class GlooRank {
  /** The beginning of the line with the median, in seconds. */
  private static final String SECONDS = "convoy-gloo ";

  /** The line that says that libtorch is unpacked and loaded. */
  private static final String LOADED = "convoy-gloo-loaded";

  /** Sums before the clock counts, in which connections reach their speed. */
  private static final int WARM_UP = 3;

  private GlooRank() {}

  /**
   * Runs one rank.
   *
   * @param arguments the rank, the number of ranks, a file by which they meet, the address that the
   *     others reach this one by, the floats of the vector, the timed sums
   */
  public static void main(String[] arguments) {
    Loader.load(ProcessGroupGloo.class);
    System.out.println(LOADED);
    int rank = Integer.parseInt(arguments[0]);
    int size = Integer.parseInt(arguments[1]);
    long floats = Long.parseLong(arguments[4]);
    int rounds = Integer.parseInt(arguments[5]);
    ProcessGroupGloo.Options options = new ProcessGroupGloo.Options();
    options.devices().push_back(ProcessGroupGloo.createDeviceForHostname(arguments[3]));
    FileStore store = new FileStore(arguments[2], size);
    ProcessGroupGloo group = new ProcessGroupGloo(store, rank, size, options);
    Tensor vector = torch.zeros(floats);
    TensorVector vectors = new TensorVector(vector);
    double[] seconds = new double[rounds];
    for (int round = -WARM_UP; round < rounds; round++) {
      vector.fill_(new Scalar(rank + 1.0));
      group.barrier()._wait();
      long start = System.nanoTime();
      group.allreduce(vectors)._wait();
      if (round >= 0) {
        seconds[round] = (System.nanoTime() - start) / 1e9;
      }
      check(vector, floats, size * (size + 1) / 2f);
    }
    Arrays.sort(seconds);
    System.out.println(SECONDS + seconds[rounds / 2]);
    // No rank leaves while another one still listens to it.
    group.barrier()._wait();
  }

  private static void check(Tensor vector, long floats, float expected) {
    FloatPointer numbers = new FloatPointer(vector.data_ptr());
    for (long at : new long[] {0, floats / 2, floats - 1}) {
      if (numbers.get(at) != expected) {
        throw new IllegalStateException(
            "element " + at + ": expected the sum " + expected + ", got " + numbers.get(at));
      }
    }
  }
}
