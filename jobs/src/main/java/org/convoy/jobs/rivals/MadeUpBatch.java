package org.convoy.jobs.rivals;

import java.nio.FloatBuffer;
import java.util.stream.IntStream;
import org.convoy.graph.Draws;

/** The images and labels that every contender computes on. */
public final class MadeUpBatch {
  private MadeUpBatch() {}

  /** Standard normal pixels, from the buffer's first element to its limit. */
  public static void fill(FloatBuffer pixels) {
    Draws draws = new Draws(0, "rivals");
    IntStream.range(0, pixels.limit())
        .parallel()
        .forEach(i -> pixels.put(i, (float) draws.normal(i)));
  }

  /** The class of each image, spread evenly over {@code classes}. */
  public static int[] labels(int batch, int classes) {
    return IntStream.range(0, batch).map(n -> (int) (7L * n % classes)).toArray();
  }
}
