package org.convoy.image.loader;

import org.convoy.image.transform.CounterRandom;

/**
 * One labelled image that is not read yet.
 *
 * @param sampleId its number in the data set, which also seeds its augmentation
 * @param appearance which of its appearances in an epoch this is, from 0; each is augmented
 *     differently
 * @param name its name in errors and logs
 * @param label its class, from 0
 * @param bytes its file
 * @param view of the sample, which is this one
 */
public record ImageSource(
    long sampleId, int appearance, String name, int label, ByteSource bytes, View view) {

  /** An image in one of several appearances, of which there is one view. */
  public ImageSource(long sampleId, int appearance, String name, int label, ByteSource bytes) {
    this(sampleId, appearance, name, label, bytes, View.SHARED);
  }

  /** An image that appears once. */
  public ImageSource(long sampleId, String name, int label, ByteSource bytes) {
    this(sampleId, 0, name, label, bytes);
  }

  /**
   * One of several views of this image, which are augmented differently.
   *
   * @param number from 0
   */
  ImageSource view(int number, int views) {
    return new ImageSource(sampleId, appearance * views + number, name, label, bytes);
  }

  /** One of several views of this image, which share its draws and add their own. */
  ImageSource view(View another) {
    return new ImageSource(sampleId, appearance, name, label, bytes, another);
  }

  /** The stream of its augmentation in an epoch of a run. */
  public CounterRandom random(long seed, int epoch) {
    CounterRandom first = CounterRandom.forSample(seed, epoch, sampleId);
    return appearance == 0 ? first : first.split(~(long) appearance);
  }
}
