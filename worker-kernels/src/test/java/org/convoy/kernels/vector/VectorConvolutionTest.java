package org.convoy.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.ShortPointer;
import org.convoy.ChildJvm;
import org.convoy.ProcessorFlags;
import org.convoy.graph.Draws;
import org.junit.jupiter.api.Test;

/**
 * The weight gradient on tiles: near sums in float64 of the same numbers, and the same bytes
 * whatever the number of threads and what the scratch memory held are.
 */
class VectorConvolutionTest {

  /** The sizes of one case. */
  private record Sizes(long samples, long channels, long outChannels, VectorWindow window) {
    VectorConvolution kernel() {
      return new VectorConvolution(samples, channels, outChannels, window);
    }
  }

  private static List<Sizes> cases() {
    List<Sizes> cases = new ArrayList<>();
    for (int channels : new int[] {3, 17, 24, 64}) {
      for (int outChannels : new int[] {5, 32, 40}) {
        cases.add(of(1, channels, outChannels, 9, 7, 1, 1, 1, 0, 1));
        cases.add(of(3, channels, outChannels, 9, 7, 3, 3, 1, 1, 1));
        cases.add(of(3, channels, outChannels, 14, 15, 3, 3, 2, 1, 1));
        cases.add(of(2, channels, outChannels, 8, 13, 1, 1, 2, 0, 1));
      }
    }
    cases.add(of(2, 16, 16, 1, 1, 1, 1, 1, 0, 1));
    cases.add(of(2, 16, 48, 1, 15, 1, 3, 1, 0, 1));
    cases.add(of(2, 24, 16, 12, 11, 5, 3, 1, 2, 1));
    cases.add(of(2, 24, 16, 12, 11, 3, 3, 1, 2, 2));
    cases.add(of(2, 3, 64, 30, 29, 7, 7, 2, 3, 1));
    // More than one chunk of positions, and more than a cache's worth of weights.
    cases.add(of(5, 40, 24, 60, 61, 3, 3, 1, 1, 1));
    cases.add(of(4, 300, 520, 7, 7, 1, 1, 1, 0, 1));
    return cases;
  }

  private static Sizes of(
      int samples,
      int channels,
      int outChannels,
      int height,
      int width,
      int kernelHeight,
      int kernelWidth,
      int stride,
      int pad,
      int dilation) {
    return new Sizes(
        samples,
        channels,
        outChannels,
        new VectorWindow(
            height,
            width,
            (height + 2 * pad - (kernelHeight - 1) * dilation - 1) / stride + 1,
            (width + pad - (kernelWidth - 1) * dilation - 1) / stride + 1,
            kernelHeight,
            kernelWidth,
            stride,
            stride,
            pad,
            // Nothing right of the source, so that the sides differ.
            pad,
            dilation,
            dilation));
  }

  /** Checks all cases, and prints a digest of their results. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws Exception {
      VectorLibrary.load(VectorLibrary.Variant.AVX512_BF16);
      if (!VectorConvolution.possible()) {
        throw new AssertionError("expected tiles to be there");
      }
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Sizes subject : cases()) {
        float[] result = check(subject);
        for (float value : result) {
          digest.update(ByteBuffer.allocate(Float.BYTES).putFloat(value).array());
        }
      }
      System.out.println("digest " + HexFormat.of().formatHex(digest.digest()));
    }

    private static float[] check(Sizes c) {
      VectorWindow window = c.window();
      float[] source = rounded(c.samples() * c.channels() * window.height() * window.width(), 1);
      float[] slope =
          rounded(c.samples() * c.outChannels() * window.outHeight() * window.outWidth(), 2);
      double[] expected = expected(c, source, slope);
      float[] actual = computed(c, source, slope, (byte) 0);
      float[] again = computed(c, source, slope, (byte) 0x7F);
      double apart = 0;
      double norm = 0;
      for (int i = 0; i < expected.length; i++) {
        apart += Math.pow(actual[i] - expected[i], 2);
        norm += expected[i] * expected[i];
        if (Float.floatToRawIntBits(actual[i]) != Float.floatToRawIntBits(again[i])) {
          throw new AssertionError(c + " depends on what scratch memory held");
        }
      }
      double distance = Math.sqrt(apart / norm);
      if (!(distance < 1e-5)) {
        throw new AssertionError(c + ": expected within 1e-5, got " + distance);
      }
      return actual;
    }

    private static float[] rounded(long length, int seed) {
      Draws draws = new Draws(seed, "tiles");
      float[] values = new float[Math.toIntExact(length)];
      for (int i = 0; i < values.length; i++) {
        int bits = Float.floatToRawIntBits((float) draws.normal(i));
        values[i] = Float.intBitsToFloat(bits & 0xFFFF0000);
      }
      return values;
    }

    private static float[] computed(Sizes c, float[] source, float[] slope, byte scratchHeld) {
      float[] result = new float[weights(c)];
      VectorConvolution kernel = c.kernel();
      try (ShortPointer x = bfloat16(source);
          ShortPointer dy = bfloat16(slope);
          FloatPointer to = new FloatPointer(result.length);
          BytePointer scratch = new BytePointer(kernel.scratchBytes() + 64)) {
        BytePointer.memset(scratch, scratchHeld, kernel.scratchBytes() + 64);
        BytePointer.memset(to, 0x7F, (long) result.length * Float.BYTES);
        kernel.compute(x.address(), dy.address(), to.address(), (scratch.address() + 63) / 64 * 64);
        to.get(result);
      }
      return result;
    }

    private static ShortPointer bfloat16(float[] values) {
      ShortPointer memory = new ShortPointer(values.length);
      for (int i = 0; i < values.length; i++) {
        memory.put(i, (short) (Float.floatToRawIntBits(values[i]) >>> 16));
      }
      return memory;
    }

    private static int weights(Sizes c) {
      VectorWindow window = c.window();
      return (int) (c.outChannels() * c.channels()) * window.kernelHeight() * window.kernelWidth();
    }

    /** By the definition. */
    private static double[] expected(Sizes c, float[] source, float[] slope) {
      VectorWindow window = c.window();
      int ic = (int) c.channels();
      int oc = (int) c.outChannels();
      int taps = window.kernelHeight() * window.kernelWidth();
      double[] result = new double[weights(c)];
      for (int n = 0; n < c.samples(); n++) {
        for (int oh = 0; oh < window.outHeight(); oh++) {
          for (int ow = 0; ow < window.outWidth(); ow++) {
            int to = (int) (((n * window.outHeight() + oh) * window.outWidth() + ow) * oc);
            for (int tap = 0; tap < taps; tap++) {
              int h = oh * window.strideHeight() - window.padTop();
              h += tap / window.kernelWidth() * window.dilationHeight();
              int w = ow * window.strideWidth() - window.padLeft();
              w += tap % window.kernelWidth() * window.dilationWidth();
              if (h < 0 || h >= window.height() || w < 0 || w >= window.width()) {
                continue;
              }
              int from = (int) (((n * window.height() + h) * window.width() + w) * ic);
              for (int o = 0; o < oc; o++) {
                double dy = slope[to + o];
                for (int i = 0; i < ic; i++) {
                  result[(o * ic + i) * taps + tap] += dy * source[from + i];
                }
              }
            }
          }
        }
      }
      return result;
    }
  }

  @Test
  void isNearAndDoesNotDependOnThreads() throws Exception {
    assumeTrue(ProcessorFlags.include(List.of("amx_bf16", "avx512_bf16")), "needs AMX");
    Set<String> digests = new TreeSet<>();
    for (String threads : List.of("1", "2", "3")) {
      List<String> lines = ChildJvm.run(Child.class, Map.of("OMP_NUM_THREADS", threads));
      digests.add(lines.get(lines.size() - 1));
    }
    assertEquals(1, digests.size(), digests::toString);
    assertTrue(digests.iterator().next().startsWith("digest "));
  }
}
