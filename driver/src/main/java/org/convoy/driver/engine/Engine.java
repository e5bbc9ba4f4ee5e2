package org.convoy.driver.engine;

import java.io.Serializable;
import java.util.List;

/**
 * What trains the network of a recipe. All engines train on the same images, and their result is
 * the same kind of saved model.
 */
public sealed interface Engine extends Serializable permits Convoy, Dl4jAveraging, Dl4jSharing {
  /** Options that the virtual machines of executors need for it. */
  default List<String> executorOptions() {
    return List.of();
  }
}
