package org.convoy.driver.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.convoy.driver.monitor.Event;
import org.convoy.driver.monitor.EventLog;

/**
 * A run's event file. A run that goes on appends to it; on file systems that cannot append, such as
 * object stores, it begins another file with a number.
 */
final class EventFile implements AutoCloseable {
  private final FSDataOutputStream out;
  private final EventLog log = new EventLog(this::write, Clock.systemUTC());

  EventFile(String folder, Configuration hadoop) throws IOException {
    Path path = new Path(folder, EventLog.FILE_NAME);
    FileSystem found = path.getFileSystem(hadoop);
    // Hadoop's checksums beside local files do not allow to append.
    FileSystem files = found instanceof LocalFileSystem local ? local.getRawFileSystem() : found;
    this.out = open(files, path);
  }

  private static FSDataOutputStream open(FileSystem files, Path path) throws IOException {
    if (!files.exists(path)) {
      return files.create(path, false);
    }
    try {
      return files.append(path);
    } catch (UnsupportedOperationException e) {
      int number = 2;
      Path next = path;
      while (files.exists(next)) {
        next = new Path(path.getParent(), path.getName().replace(".", "-" + number + "."));
        number++;
      }
      return files.create(next, false);
    }
  }

  void add(Event event) {
    log.add(event);
  }

  private void write(String line) {
    try {
      out.write(line.getBytes(StandardCharsets.UTF_8));
      out.hflush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
