package org.convoy.driver.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An image to predict: a file without a label.
 *
 * @param uri the qualified location
 * @param length bytes
 */
public record ImageFile(String uri, long length) {

  private static final Logger LOG = LoggerFactory.getLogger(ImageFile.class);

  /**
   * The images at a location: the file itself with any name, or the images of a folder and all
   * folders in it, sorted by location. Each folder is entered once, for any links. Files that are
   * left out are counted and named in the log.
   *
   * @throws DataSetException if nothing exists there, the folder has no images, or it is not an
   *     ordinary file
   */
  public static List<ImageFile> list(String location, Configuration hadoop) throws IOException {
    FileStatus status = DataFiles.status(location, hadoop);
    if (status.isFile()) {
      return List.of(new ImageFile(status.getPath().toString(), status.getLen()));
    }
    Path folder = status.getPath();
    List<ImageFile> images = new ArrayList<>();
    LeftOutFiles leftOut = new LeftOutFiles();
    FolderWalk.walk(
        folder,
        hadoop,
        new FolderWalk.Visitor() {
          @Override
          public void image(String name, long length, long modified) {
            images.add(new ImageFile(Folders.child(folder, name).toString(), length));
          }

          @Override
          public void folder(String name) {}

          @Override
          public void leftOut(String name, LeftOut why) {
            leftOut.add(name, why);
          }
        });
    for (String line : leftOut.describe(false)) {
      LOG.info("Left out of folder {}: {}", folder, line);
    }
    for (String line : leftOut.describe(true)) {
      LOG.warn("Left out of folder {}: {}", folder, line);
    }
    if (images.isEmpty()) {
      throw new DataSetException(
          "folder "
              + folder
              + " holds no images: expected files named "
              + ImageNames.EXTENSIONS.stream().sorted().map(each -> "." + each).toList()
              + ", got none");
    }
    images.sort(Comparator.comparing(ImageFile::uri));
    return images;
  }

  /** All bytes of the file. */
  public byte[] read(Configuration hadoop) throws IOException {
    try (FSDataInputStream in = DataFiles.open(new Path(uri), hadoop)) {
      return in.readAllBytes();
    } catch (FileNotFoundException e) {
      throw new IOException("image " + uri + " is no longer there", e);
    }
  }
}
