package org.convoy.driver.training;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.convoy.driver.checkpoint.LocalFiles;
import org.convoy.driver.monitor.Event;
import org.convoy.driver.monitor.EventLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run's event file. A resumed run appends to it. If that is impossible, on object stores or while
 * HDFS still waits for a writer that died, the run begins another file with a number.
 *
 * <p>Events are only information for readers. If they cannot be written any more, for example
 * because the disk is full, the run logs one warning and continues without them. A checkpoint that
 * cannot be written is an error that names the file.
 */
final class EventFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventFile.class);

  private final String folder;
  private final EventLog log = new EventLog(this::write, Clock.systemUTC());
  private Optional<FSDataOutputStream> out = Optional.empty();

  EventFile(String folder, Configuration hadoop) {
    this.folder = folder;
    try {
      Path path = new Path(folder, EventLog.FILE_NAME);
      this.out = Optional.of(open(LocalFiles.of(path, hadoop), path));
    } catch (IOException | RuntimeException | FSError e) {
      giveUp(e);
    }
  }

  private static FSDataOutputStream open(FileSystem files, Path first) throws IOException {
    int number = 1;
    while (files.exists(numbered(first, number + 1))) {
      number++;
    }
    Path last = numbered(first, number);
    if (!files.exists(last)) {
      return files.create(last, false);
    }
    try {
      return append(files, last);
    } catch (IOException | UnsupportedOperationException e) {
      return files.create(numbered(first, number + 1), false);
    }
  }

  private static Path numbered(Path first, int number) {
    return number == 1
        ? first
        : new Path(first.getParent(), first.getName().replace(".", "-" + number + "."));
  }

  /** Continues after the last line, which may be incomplete if its writer died. */
  private static FSDataOutputStream append(FileSystem files, Path path) throws IOException {
    boolean half = false;
    long length = files.getFileStatus(path).getLen();
    if (length > 0) {
      try (FSDataInputStream in = files.open(path)) {
        in.seek(length - 1);
        half = in.read() != '\n';
      }
    }
    FSDataOutputStream appending = files.append(path);
    if (half) {
      appending.write('\n');
    }
    return appending;
  }

  void add(Event event) {
    log.add(event);
  }

  private void write(String line) {
    if (out.isEmpty()) {
      return;
    }
    try {
      out.get().write(line.getBytes(StandardCharsets.UTF_8));
      out.get().hflush();
    } catch (IOException | RuntimeException | FSError e) {
      giveUp(e);
    }
  }

  private void giveUp(Throwable e) {
    Optional<FSDataOutputStream> broken = out;
    out = Optional.empty();
    try {
      if (broken.isPresent()) {
        broken.get().close();
      }
    } catch (IOException | RuntimeException | FSError again) {
      e.addSuppressed(again);
    }
    LOG.warn(
        "events of the run cannot be written to {} any more; the run goes on: {}",
        folder,
        e.getMessage());
  }

  @Override
  public void close() {
    try {
      if (out.isPresent()) {
        out.get().close();
      }
    } catch (IOException | RuntimeException | FSError e) {
      LOG.warn("the last events of the run may be missing in {}: {}", folder, e.getMessage());
    }
    out = Optional.empty();
  }
}
