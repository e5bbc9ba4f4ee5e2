package org.convoy.driver.training;

import java.util.List;
import org.convoy.image.loader.BadImage;

/**
 * How good a model is on a data set.
 *
 * @param model name of the network
 * @param weightsSha256 of its weights, in hexadecimal
 * @param executors that took part
 * @param images that were judged, those that did not decode left out
 * @param top1 share of images whose class came first
 * @param top5 share of images whose class was among the first five
 * @param loss mean cross-entropy, without label smoothing
 * @param judgeSeconds from the start of the executors' work to its end, compiling included
 * @param seconds the whole time, listing the data included
 * @param badImages images that did not decode, and why, in the order of the data set
 */
public record EvaluationResult(
    String model,
    String weightsSha256,
    int executors,
    long images,
    double top1,
    double top5,
    double loss,
    double judgeSeconds,
    double seconds,
    List<BadImage> badImages) {
  /** Copies the list. */
  public EvaluationResult {
    badImages = List.copyOf(badImages);
  }

  /** Images a second over all executors, while they worked. */
  public double imagesPerSecond() {
    return images / judgeSeconds;
  }
}
