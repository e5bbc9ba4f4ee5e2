package org.convoy.driver.data;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * ImageNet (ILSVRC 2012) as it is distributed, in a folder with the downloads. The split {@code
 * train} is {@code ILSVRC2012_img_train.tar}, a tar that holds a tar for each class. The split
 * {@code validation} is {@code ILSVRC2012_img_val.tar}, whose classes {@link ImageNetValidation}
 * finds. Classes go by their WordNet identifier, in its order, as in torchvision.
 */
final class ImageNetFormat implements SplitFormat {
  static final String TRAIN = "ILSVRC2012_img_train.tar";
  static final String VALIDATION = "ILSVRC2012_img_val.tar";

  @Override
  public String description() {
    return "a folder of ImageNet's downloads";
  }

  @Override
  public boolean reads(SourceFiles source) throws IOException {
    return source.holds(TRAIN) || source.holds(VALIDATION);
  }

  private static boolean isTrain(DataSplit split) throws DataSetException {
    if (split.name().equals("train")) {
      return true;
    }
    if (split.name().startsWith("val")) {
      return false;
    }
    throw new DataSetException(
        "ImageNet at "
            + split.set().uri()
            + " has the splits train and validation, got '"
            + split.name()
            + "'");
  }

  private static FileStatus tar(DataSplit split, Configuration hadoop) throws IOException {
    Path path = new Path(split.set().path(), isTrain(split) ? TRAIN : VALIDATION);
    return DataFiles.status(path.toString(), hadoop);
  }

  @Override
  public void check(DataSplit split, Configuration hadoop) throws IOException {
    tar(split, hadoop);
    if (!isTrain(split)) {
      ImageNetValidation.files(split.set().path(), hadoop);
    }
  }

  @Override
  public String stamp(DataSplit split, ScanJobs jobs) throws IOException {
    List<FileStatus> files = new ArrayList<>(List.of(tar(split, jobs.hadoop())));
    if (!isTrain(split)) {
      files.addAll(ImageNetValidation.files(split.set().path(), jobs.hadoop()));
    }
    return Shards.stamp(files);
  }

  /**
   * A tar within a tar, or a whole one.
   *
   * @param name what its images are called by in messages
   */
  private record Part(String uri, String name, long from, long until) implements Serializable {}

  @Override
  public SampleIndexBuilder list(DataSplit split, boolean withContents, ScanJobs jobs)
      throws IOException {
    FileStatus tar = tar(split, jobs.hadoop());
    return isTrain(split)
        ? training(split, tar, withContents, jobs)
        : validation(split, tar, withContents, jobs.hadoop());
  }

  private static SampleIndexBuilder training(
      DataSplit split, FileStatus tar, boolean withContents, ScanJobs jobs) throws IOException {
    String uri = tar.getPath().toString();
    SampleIndexBuilder all = new SampleIndexBuilder();
    List<Part> classes = new ArrayList<>();
    walk(
        new Part(uri, uri, 0, tar.getLen()),
        (path, offset, length, check) -> {
          if (path.toLowerCase(Locale.ROOT).endsWith(".tar")) {
            String name = path.substring(path.lastIndexOf('/') + 1, path.length() - 4);
            classes.add(new Part(uri, name, offset, offset + length));
          } else {
            all.leaveOut(path, LeftOut.NO_IMAGE);
          }
        },
        all,
        jobs.hadoop());
    for (SampleIndexBuilder part :
        jobs.map(
            "Listing " + split,
            classes,
            (each, hadoop) -> {
              SampleIndexBuilder found = new SampleIndexBuilder();
              found.addClass(each.name());
              walk(
                  each,
                  (path, offset, length, check) ->
                      addImage(each.name(), path, uri, offset, length, check, withContents, found),
                  found,
                  hadoop);
              return found;
            })) {
      all.addAll(part);
    }
    return all;
  }

  private static SampleIndexBuilder validation(
      DataSplit split, FileStatus tar, boolean withContents, Configuration hadoop)
      throws IOException {
    ImageNetValidation classes = ImageNetValidation.read(split.set().path(), hadoop);
    String uri = tar.getPath().toString();
    SampleIndexBuilder found = new SampleIndexBuilder();
    walk(
        new Part(uri, uri, 0, tar.getLen()),
        (path, offset, length, check) ->
            addImage(
                ImageNames.isImage(path) ? classes.of(path) : "",
                path,
                uri,
                offset,
                length,
                check,
                withContents,
                found),
        found,
        hadoop);
    return found;
  }

  private static void addImage(
      String className,
      String path,
      String uri,
      long offset,
      long length,
      TarScanner.Check check,
      boolean withContents,
      SampleIndexBuilder found)
      throws IOException {
    String file = path.substring(path.lastIndexOf('/') + 1);
    if (ImageNames.isImage(file)) {
      found.add(
          className, file, uri, offset, length, withContents ? check.read() : ContentCheck.NONE);
    } else {
      found.leaveOut(path, LeftOut.NO_IMAGE);
    }
  }

  /** Receives the files of a tar. */
  @FunctionalInterface
  private interface Files {
    void file(String path, long offset, long length, TarScanner.Check check) throws IOException;
  }

  private static void walk(Part part, Files files, SampleIndexBuilder found, Configuration hadoop)
      throws IOException {
    try (FSDataInputStream in = DataFiles.open(new Path(part.uri()), hadoop)) {
      TarScanner.Position end =
          new TarScanner(part.uri(), in, part.until())
              .walk(
                  new TarScanner.Position(part.from(), false),
                  part.until(),
                  new FilesOnly(files, part.name(), found));
      if (!end.isClosed()) {
        throw new DataSetException(
            "tar "
                + part.name()
                + " in "
                + part.uri()
                + " is cut short: expected an end-of-archive block at offset "
                + end.at());
      }
    }
  }

  /** Passes files on and counts everything else. */
  private record FilesOnly(Files files, String tar, SampleIndexBuilder found)
      implements TarScanner.Visitor {
    @Override
    public void file(String path, long offset, long length, TarScanner.Check check)
        throws IOException {
      files.file(path, offset, length, check);
    }

    @Override
    public void folder(String path) {}

    @Override
    public void link(String path, String target, long offset) {
      found.leaveOut(path, LeftOut.BROKEN_LINK);
    }

    @Override
    public void other(String path) {
      found.leaveOut(path, LeftOut.NO_IMAGE);
    }

    @Override
    public void unreadable(String path) throws DataSetException {
      throw new DataSetException(
          "entry '" + path + "' of tar " + tar + ": expected a name in UTF-8");
    }

    @Override
    public void afterTheEnd(long offset, long bytes) {
      found.leaveOut(tar + ": " + bytes + " bytes at offset " + offset, LeftOut.AFTER_THE_END);
    }
  }
}
