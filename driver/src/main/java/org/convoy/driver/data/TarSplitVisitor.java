package org.convoy.driver.data;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Selects the classes and images of one split from the entries of a tar. */
final class TarSplitVisitor implements TarScanner.Visitor {

  private final String uri;
  private final String prefix;
  private final boolean withContents;
  private final Found found = Found.nothing();

  /**
   * The result.
   *
   * @param samples classes and images
   * @param links all links of the tar, also those in other splits
   * @param images paths of the links that stand for images of the split
   */
  record Found(SampleIndexBuilder samples, TarLinks links, List<String> images)
      implements Serializable {

    static Found nothing() {
      return new Found(new SampleIndexBuilder(), new TarLinks(), new ArrayList<>());
    }

    void addAll(Found other) {
      samples.addAll(other.samples());
      links.addAll(other.links());
      images.addAll(other.images());
    }
  }

  /** Makes a visitor for the URI of a tar and the path of the split in it, empty for the root. */
  TarSplitVisitor(String uri, String split, boolean withContents) {
    this.uri = uri;
    this.prefix = split.isEmpty() ? "" : split + "/";
    this.withContents = withContents;
  }

  Found found() {
    return found;
  }

  @Override
  public void folder(String path) {
    if (!path.startsWith(prefix)) {
      neighbour(path);
      return;
    }
    String inSplit = path.substring(prefix.length());
    if (inSplit.isEmpty() || isHidden(inSplit)) {
      return;
    }
    int slash = inSplit.indexOf('/');
    if (slash < 0) {
      found.samples().addClass(inSplit);
    } else {
      found.samples().addFolderInClass(inSplit.substring(0, slash));
    }
  }

  @Override
  public void file(String path, long offset, long length, TarScanner.Check check)
      throws IOException {
    if (!path.startsWith(prefix)) {
      neighbour(path);
      return;
    }
    String inSplit = path.substring(prefix.length());
    if (isImage(inSplit)) {
      found
          .samples()
          .add(
              className(inSplit),
              nameInClass(inSplit),
              uri,
              offset,
              length,
              withContents ? check.read() : ContentCheck.NONE);
    } else {
      leaveOut(inSplit);
    }
  }

  @Override
  public void link(String path, String target, long offset) {
    found.links().add(path, target, offset);
    if (path.startsWith(prefix)) {
      String inSplit = path.substring(prefix.length());
      if (isImage(inSplit)) {
        found.images().add(path);
      } else if (isHidden(inSplit)) {
        leaveOut(inSplit);
      } else {
        found.samples().leaveOut(inSplit, LeftOut.BROKEN_LINK);
      }
    }
  }

  @Override
  public void other(String path) {
    if (path.startsWith(prefix)) {
      leaveOut(path.substring(prefix.length()));
    }
  }

  @Override
  public void unreadable(String path) throws DataSetException {
    if (!path.startsWith(prefix)) {
      neighbour(path);
      return;
    }
    String inSplit = path.substring(prefix.length());
    if (isImage(inSplit)) {
      throw new DataSetException(
          "entry '"
              + path
              + "' of tar "
              + uri
              + " has a name that is not UTF-8 (\\xXX stands for a byte): expected names in UTF-8;"
              + " unpack the tar, rename the files (convmv does it) and pack them again");
    }
    leaveOut(inSplit);
  }

  @Override
  public void afterTheEnd(long offset, long bytes) {
    found.samples().leaveOut(bytes + " bytes at offset " + offset, LeftOut.AFTER_THE_END);
  }

  /**
   * Adds the images that links stand for.
   *
   * @param all the links of the whole tar
   * @param targets the files at the ends of the links
   */
  static void resolve(Found all, String split, String uri, TarTargets targets)
      throws DataSetException {
    int prefix = split.isEmpty() ? 0 : split.length() + 1;
    for (String path : all.images()) {
      String inSplit = path.substring(prefix);
      if (targets.offset(path) > all.links().offset(path)) {
        continue; // A file of this name comes later in the tar, so it counts.
      }
      String end = all.links().end(path);
      if (targets.offset(end) < 0) {
        all.samples().leaveOut(inSplit, LeftOut.BROKEN_LINK);
      } else {
        all.samples()
            .add(
                className(inSplit),
                nameInClass(inSplit),
                uri,
                targets.offset(end),
                targets.length(end),
                targets.check(end));
      }
    }
  }

  private void leaveOut(String inSplit) {
    found.samples().leaveOut(inSplit, isHidden(inSplit) ? LeftOut.HIDDEN : LeftOut.NO_IMAGE);
  }

  /** Whether the path is inside a class folder and has an image name. */
  private static boolean isImage(String inSplit) {
    return inSplit.indexOf('/') > 0
        && ImageNames.isImage(inSplit.substring(inSplit.lastIndexOf('/') + 1))
        && !isHidden(inSplit);
  }

  private static boolean isHidden(String inSplit) {
    return Arrays.stream(inSplit.split("/")).anyMatch(ImageNames::isHidden);
  }

  private static String className(String inSplit) {
    return inSplit.substring(0, inSplit.indexOf('/'));
  }

  private static String nameInClass(String inSplit) {
    return inSplit.substring(inSplit.indexOf('/') + 1);
  }

  private void neighbour(String path) {
    int slash = path.indexOf('/');
    if (slash > 0) {
      found.samples().addNeighbour(path.substring(0, slash));
    }
  }
}
