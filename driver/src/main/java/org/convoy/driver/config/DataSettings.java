package org.convoy.driver.config;

import java.io.Serializable;
import org.convoy.driver.data.Sampling;
import org.convoy.image.loader.Decoding;
import org.convoy.image.loader.LoaderOptions;
import org.convoy.image.loader.OnBadImage;
import org.convoy.settings.Checks;

/**
 * The location of the images and how they are read.
 *
 * @param uri a folder or tar of class folders, on any Hadoop file system
 * @param train the folder inside that holds the training classes; empty: the data set itself
 * @param validation the folder inside that holds the validation classes; empty: no validation
 * @param folds the number of folds that the training samples are split into for a cross-validation;
 *     0: none
 * @param fold which of them is the validation, from 1
 * @param sampling how often an epoch takes each training sample
 * @param generate the data set to draw if {@code uri} does not exist
 * @param table how the data set's tables are read, if it is one
 * @param onBadImage what to do with an image that does not decode
 * @param decode how JPEGs are decoded for training
 * @param maxBadShare fraction of a split's images that may be skipped before the run fails
 * @param decodeThreads decoding threads per executor; 0: one per core
 * @param blockSize neighbouring samples that are read together; 0: chosen for the data set
 * @param shuffleWindow number of blocks whose samples are shuffled together; 0: chosen for the data
 *     set
 * @param readAhead micro-batches that are decoded before they are needed
 */
public record DataSettings(
    @Incidental String uri,
    String train,
    String validation,
    int folds,
    int fold,
    Sampling sampling,
    @Incidental GenerateSettings generate,
    @Incidental TableSettings table,
    OnBadImage onBadImage,
    Decoding decode,
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
            "expected another folder than the training folder, got \"" + validation + "\"",
            "train")
        .that(folds == 0 || folds >= 2, "folds", "expected 0, or at least 2, got " + folds)
        .that(
            fold >= 1 && (folds < 2 || fold <= folds),
            "fold",
            "expected a fold from 1 to " + Math.max(1, folds) + ", got " + fold,
            "folds")
        .part("max-bad-share", maxBadShare)
        .atLeast("decode-threads", decodeThreads, 0)
        .atLeast("block-size", blockSize, 0)
        .atLeast("shuffle-window", shuffleWindow, 0)
        .atLeast("read-ahead", readAhead, 1)
        .done();
  }

  /** Whether runs are validated. */
  public boolean validated() {
    return folds > 0 || !validation.isEmpty();
  }

  /**
   * The location of the data set as a Hadoop path. A URI with a scheme and an absolute path stay
   * unchanged (the latter is on Hadoop's default file system). A relative path is relative to the
   * local working directory.
   */
  public String location() {
    return Location.of(uri);
  }

  /**
   * The loader options of an executor.
   *
   * @param batch images per batch
   * @param cores cores of the executor
   */
  public LoaderOptions loading(int batch, int cores) {
    int threads = decodeThreads > 0 ? decodeThreads : cores;
    return new LoaderOptions(batch, threads, readAhead, onBadImage).with(decode);
  }
}
