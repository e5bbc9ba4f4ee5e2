package org.convoy.driver.config;

import java.io.Serializable;
import org.convoy.image.loader.LoaderOptions;
import org.convoy.image.loader.OnBadImage;
import org.convoy.settings.Checks;

/**
 * Where the images are and how they are read.
 *
 * @param uri a folder, or a tar, of class folders, on any Hadoop file system
 * @param train the folder inside that holds the training classes; empty: the data set itself
 * @param validation the folder inside that holds the validation classes; empty: no validation
 * @param generate what to draw if there is nothing at {@code uri}
 * @param onBadImage what becomes of an image that does not decode
 * @param maxBadShare the part of a split's images that may be skipped before the run fails
 * @param decodeThreads threads an executor decodes on; 0: as many as it has cores
 * @param blockSize neighbouring samples that are read together; 0: chosen for the data set
 * @param shuffleWindow blocks whose samples are mixed with one another; 0: chosen
 * @param readAhead micro-batches that are decoded before they are needed
 */
public record DataSettings(
    @Incidental String uri,
    String train,
    String validation,
    @Incidental GenerateSettings generate,
    OnBadImage onBadImage,
    @Incidental double maxBadShare,
    @Incidental int decodeThreads,
    int blockSize,
    int shuffleWindow,
    @Incidental int readAhead)
    implements Serializable {

  /** Checks the rules. */
  public DataSettings {
    new Checks()
        .present("uri", uri, "the data set's folder or tar")
        .that(
            validation.isEmpty() || !train.equals(validation),
            "validation",
            "expected another folder than that of training, got \"" + validation + "\"",
            "train")
        .part("max-bad-share", maxBadShare)
        .atLeast("decode-threads", decodeThreads, 0)
        .atLeast("block-size", blockSize, 0)
        .atLeast("shuffle-window", shuffleWindow, 0)
        .atLeast("read-ahead", readAhead, 1)
        .done();
  }

  /**
   * The data set's place for a Hadoop path: a URI with a scheme and an absolute path stay as they
   * are (the latter is on Hadoop's default file system), a relative path is one of the local
   * working directory.
   */
  public String location() {
    return Location.of(uri);
  }

  /**
   * How an executor loads images.
   *
   * @param batch images in a batch
   * @param cores of the executor
   */
  public LoaderOptions loading(int batch, int cores) {
    int threads = decodeThreads > 0 ? decodeThreads : cores;
    return new LoaderOptions(batch, threads, readAhead, onBadImage);
  }
}
