package org.convoy.driver.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * An image to predict: a file without a label.
 *
 * @param uri the qualified location
 * @param length bytes
 */
public record ImageFile(String uri, long length) {

  /**
   * The images at a location: the file itself, whatever its name, or the images of a folder and the
   * folders in it, sorted by location.
   *
   * @throws DataSetException if nothing is there, or a folder without images
   */
  public static List<ImageFile> list(String location, Configuration hadoop) throws IOException {
    FileStatus status = DataSet.status(location, hadoop);
    if (status.isFile()) {
      return List.of(new ImageFile(status.getPath().toString(), status.getLen()));
    }
    List<ImageFile> images = new ArrayList<>();
    FileSystem files = status.getPath().getFileSystem(hadoop);
    RemoteIterator<LocatedFileStatus> all = files.listFiles(status.getPath(), true);
    while (all.hasNext()) {
      LocatedFileStatus file = all.next();
      if (ImageNames.isImage(file.getPath().getName())) {
        images.add(new ImageFile(file.getPath().toString(), file.getLen()));
      }
    }
    if (images.isEmpty()) {
      throw new DataSetException(
          "folder "
              + status.getPath()
              + " holds no images: expected files named "
              + ImageNames.EXTENSIONS.stream().sorted().map(each -> "." + each).toList()
              + ", got none");
    }
    images.sort(Comparator.comparing(ImageFile::uri));
    return images;
  }

  /** All bytes of the file. */
  public byte[] read(Configuration hadoop) throws IOException {
    Path path = new Path(uri);
    try (FSDataInputStream in = path.getFileSystem(hadoop).open(path)) {
      return in.readAllBytes();
    } catch (FileNotFoundException e) {
      throw new IOException("image " + uri + " is no longer there", e);
    }
  }
}
