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
 * An uncompressed tar that holds class folders.
 *
 * <p>A tar has no table of contents: each header says only where the next one is. A large one is
 * therefore cut into segments that are walked at the same time; a segment's walk starts at the
 * first block in it that looks like a header, and counts only if the walk before it ended exactly
 * there. Otherwise (a header inside an image, or a long name's header just before the cut) the
 * segment is walked again from the right place.
 */
final class TarFormat implements SplitFormat {

  /** Smaller tars are walked in one go: a gigabyte of images has some ten thousand headers. */
  static final long SEGMENT_BYTES = 1L << 30;

  private final long segmentBytes;

  TarFormat() {
    this(SEGMENT_BYTES);
  }

  TarFormat(long segmentBytes) {
    this.segmentBytes = segmentBytes;
  }

  /** A part of the tar, in bytes from its start. */
  private record Segment(String uri, String split, long fileLength, long from, long until)
      implements Serializable {}

  /**
   * What a walk found, where it began and where it ended; begins at -1 if it found the segment
   * unreadable.
   */
  private record Walked(Segment segment, long began, long ended, SampleIndexBuilder found)
      implements Serializable {}

  @Override
  public String description() {
    return "a .tar";
  }

  @Override
  public boolean reads(FileStatus status) {
    return status.isFile() && status.getPath().getName().toLowerCase(Locale.ROOT).endsWith(".tar");
  }

  @Override
  public String stamp(DataSplit split, Configuration hadoop) throws IOException {
    FileStatus status = DataSet.status(split.set().uri(), hadoop);
    return status.getPath()
        + " "
        + split.name()
        + " "
        + status.getLen()
        + " "
        + status.getModificationTime();
  }

  @Override
  public SampleIndexBuilder list(DataSplit split, ScanJobs jobs) throws IOException {
    FileStatus tar = DataSet.status(split.set().uri(), jobs.hadoop());
    String uri = tar.getPath().toString();
    List<Segment> segments = new ArrayList<>();
    long from = 0;
    do {
      long until = Math.min(tar.getLen(), from + segmentBytes);
      segments.add(new Segment(uri, split.name(), tar.getLen(), from, until));
      from = until;
    } while (from < tar.getLen());

    SampleIndexBuilder found = new SampleIndexBuilder();
    long next = 0;
    for (Walked walked : jobs.map("Listing " + split, segments, TarFormat::walkSegment)) {
      Segment segment = walked.segment();
      if (next >= segment.until()) {
        continue; // An entry reached past it, or the archive ended before it.
      }
      Walked right = walked.began() == next ? walked : walk(segment, next, jobs.hadoop());
      found.addAll(right.found());
      next = right.ended();
    }
    if (next != TarScanner.END_OF_ARCHIVE) {
      throw new DataSetException(
          "tar "
              + uri
              + " is cut short: expected another header or the end-of-archive block at"
              + " offset "
              + next
              + ", got the end of the file at "
              + tar.getLen());
    }
    return found;
  }

  private static Walked walkSegment(Segment segment, Configuration hadoop) throws IOException {
    if (segment.from() == 0) {
      return walk(segment, 0, hadoop);
    }
    try {
      long began;
      Path path = new Path(segment.uri());
      try (FSDataInputStream in = path.getFileSystem(hadoop).open(path)) {
        began =
            new TarScanner(segment.uri(), in, segment.fileLength())
                .nextHeader(segment.from(), segment.until());
      }
      return walk(segment, began, hadoop);
    } catch (DataSetException guessedWrong) {
      // What looked like a header was none, or the tar is damaged: the walk from the right place
      // will tell.
      return new Walked(segment, -1, -1, new SampleIndexBuilder());
    }
  }

  private static Walked walk(Segment segment, long from, Configuration hadoop) throws IOException {
    TarSplitVisitor visitor = new TarSplitVisitor(segment.uri(), segment.split());
    Path path = new Path(segment.uri());
    try (FSDataInputStream in = path.getFileSystem(hadoop).open(path)) {
      long ended =
          new TarScanner(segment.uri(), in, segment.fileLength())
              .walk(from, segment.until(), visitor);
      return new Walked(segment, from, ended, visitor.found());
    }
  }
}
