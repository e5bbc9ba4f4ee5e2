package org.convoy.engines.dl4j;

import java.io.IOException;
import java.io.InterruptedIOException;
import org.convoy.driver.engine.EngineData;
import org.deeplearning4j.core.loader.DataSetLoader;
import org.nd4j.common.loader.Source;
import org.nd4j.linalg.dataset.DataSet;

/** Loads what DL4J takes for files: each path names a worker's part of a step's global batch. */
final class PartLoader implements DataSetLoader {
  private static final long serialVersionUID = 1L;

  private final EngineData data;

  PartLoader(EngineData data) {
    this.data = data;
  }

  /** The path of a part. */
  static String path(long step, int part, int parts) {
    return "/" + step + "/" + part + "/" + parts;
  }

  @Override
  public DataSet load(Source source) throws IOException {
    String[] names = source.getPath().split("/");
    int last = names.length - 1;
    return load(
        Long.parseLong(names[last - 2]),
        Integer.parseInt(names[last - 1]),
        Integer.parseInt(names[last]));
  }

  /** Loads a worker's part of a step's global batch. */
  DataSet load(long step, int part, int parts) throws IOException {
    try {
      EngineData.Part loaded = data.load(step, part, parts);
      return new DataSet(loaded.images(), loaded.targets());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while images were loaded");
    }
  }
}
