package org.convoy.image.loader;

/**
 * One labelled image that is not read yet.
 *
 * @param sampleId its number in the data set, which also seeds its augmentation
 * @param name its name in errors and logs
 * @param label its class, from 0
 * @param bytes its file
 * @param view the number of the view of the image, from 0, if a batch holds several
 */
public record ImageSource(long sampleId, String name, int label, ByteSource bytes, int view) {
  /** The first view of an image. */
  public ImageSource(long sampleId, String name, int label, ByteSource bytes) {
    this(sampleId, name, label, bytes, 0);
  }

  /** Another view of the same image: augmentation makes other draws for it. */
  public ImageSource view(int number) {
    return new ImageSource(sampleId, name, label, bytes, number);
  }
}
