package org.convoy.driver.engine;

import java.io.IOException;
import java.io.Serializable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The training images of a run, for the workers of an engine on the executors. */
public interface EngineData extends Serializable {
  /**
   * A worker's images of a step. Workers that ask for their steps in order find them loaded.
   *
   * @param step of the run, from 0
   * @param part of the global batch, from 0
   * @param parts of equal size into which the global batch is cut
   */
  Part load(long step, int part, int parts) throws IOException, InterruptedException;

  /**
   * Images with their targets.
   *
   * @param images (images, channels, height, width) in float32; the caller's
   * @param targets (images, classes) in float32, each row a distribution; the caller's
   */
  record Part(INDArray images, INDArray targets) {}
}
