package org.convoy.driver.data;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The split of an index into folds for cross-validation. Each sample is in one fold. Every class is
 * spread evenly: two folds differ by at most one sample of a class. Which samples are in a fold
 * follows from the seed and the index alone.
 *
 * @param training all samples of the other folds
 * @param validation the samples of the fold
 */
public record Folds(SampleIndex training, SampleIndex validation) {
  private static final long PURPOSE = 0x666f6c6473L;

  /**
   * One of the folds.
   *
   * @param folds how many there are, at least 2
   * @param fold from 1
   */
  public static Folds of(SampleIndex index, int folds, int fold, long seed) {
    int[] foldOf = foldOf(index, folds, seed);
    int[] inside = IntStream.range(0, foldOf.length).filter(i -> foldOf[i] == fold).toArray();
    int[] outside = IntStream.range(0, foldOf.length).filter(i -> foldOf[i] != fold).toArray();
    String part = "fold " + fold + " of " + folds + " of " + index.title();
    return new Folds(index.only("all but " + part, outside), index.only(part, inside));
  }

  /** The fold of each sample, from 1. */
  private static int[] foldOf(SampleIndex index, int folds, long seed) {
    List<List<Integer>> byFolder = new ArrayList<>();
    for (int sample = 0; sample < index.count(); sample++) {
      while (byFolder.size() <= index.label(sample)) {
        byFolder.add(new ArrayList<>());
      }
      byFolder.get(index.label(sample)).add(sample);
    }
    int[] foldOf = new int[index.count()];
    int next = 0;
    for (int label = 0; label < byFolder.size(); label++) {
      int[] samples = byFolder.get(label).stream().mapToInt(Integer::intValue).toArray();
      new KeyedShuffle(seed, PURPOSE, label).shuffle(samples, 0, samples.length);
      for (int sample : samples) {
        foldOf[sample] = 1 + next++ % folds;
      }
    }
    return foldOf;
  }
}
