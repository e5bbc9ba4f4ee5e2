package org.convoy.driver.training;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.checkpoint.HadoopStore;
import org.convoy.driver.config.RequestException;

/** A saved model's folder on any Hadoop file system. */
final class ModelFolder {
  private static final String MANIFEST = "manifest.json";

  private ModelFolder() {}

  /**
   * Loads a model. Its weights are the caller's to close.
   *
   * @throws RequestException if there is no saved model at the location, or its preprocessing does
   *     not give what the network takes
   * @throws org.convoy.artifact.DamagedFileException if a file was changed or cut short
   */
  static SavedModel load(String location, Configuration hadoop) throws IOException {
    NativeMemory.unlimited();
    Path folder = qualify(location, hadoop);
    Path parent = folder.getParent();
    if (parent == null) {
      throw missing(location, "the root of a file system");
    }
    HadoopStore store = new HadoopStore(hadoop, parent);
    if (!store.exists(folder.getName())) {
      throw missing(location, "nothing");
    }
    if (!store.exists(folder.getName() + "/" + MANIFEST)) {
      throw missing(location, "something without that file");
    }
    return SavedModel.load(store, folder.getName());
  }

  private static Path qualify(String location, Configuration hadoop) throws IOException {
    try {
      Path path = new Path(location);
      return path.getFileSystem(hadoop).makeQualified(path);
    } catch (UnsupportedFileSystemException e) {
      throw new RequestException("cannot open " + location + ": " + e.getMessage(), e);
    }
  }

  private static RequestException missing(String location, String got) {
    return new RequestException(
        "no saved model at " + location + ": expected a folder with " + MANIFEST + ", got " + got);
  }
}
