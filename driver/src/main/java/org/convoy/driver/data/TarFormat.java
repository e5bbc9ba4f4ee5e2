package org.convoy.driver.data;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * An uncompressed tar of class folders.
 *
 * <p>A tar has no table of contents: each header gives only the position of the next one. Therefore
 * a large tar is cut into segments that are walked in parallel. The walk of a segment starts at its
 * first block that looks like a header, and counts only if the earlier walk ended exactly there.
 * Otherwise (a header inside an image, or the header of a long name just before the cut) the
 * segment is walked again from the right place.
 *
 * <p>The walk finds links that stand for images. A second walk looks up their targets; a tar
 * without such links does not need it.
 */
final class TarFormat implements SplitFormat {

  /** Smaller tars are walked in one piece: a gigabyte of images has about ten thousand headers. */
  static final long SEGMENT_BYTES = 1L << 30;

  private static final TarScanner.Position START = new TarScanner.Position(0, false);

  private final long segmentBytes;

  TarFormat() {
    this(SEGMENT_BYTES);
  }

  TarFormat(long segmentBytes) {
    this.segmentBytes = segmentBytes;
  }

  /** A part of the tar, in bytes from its start. */
  private record Segment(String uri, long fileLength, long from, long until)
      implements Serializable {}

  /**
   * The result of a walk, with its begin and end. It begins at -1 if the segment was unreadable.
   */
  private record Walked<V>(Segment segment, long began, TarScanner.Position ended, V found)
      implements Serializable {}

  /** Makes a visitor for a segment, on the machine that walks it. */
  @FunctionalInterface
  private interface Visitors<V extends TarScanner.Visitor> extends Serializable {
    V visitor();
  }

  /** Extracts the result of a visitor after its segment was walked. */
  @FunctionalInterface
  private interface Result<V, R> extends Serializable {
    R of(V visitor);
  }

  @Override
  public String description() {
    return "a .tar";
  }

  @Override
  public boolean reads(SourceFiles source) {
    return source.isFile(".tar");
  }

  @Override
  public void check(DataSplit split, Configuration hadoop) throws IOException {
    DataFiles.status(split.set().uri(), hadoop);
  }

  @Override
  public String stamp(DataSplit split, ScanJobs jobs) throws IOException {
    FileStatus status = DataFiles.status(split.set().uri(), jobs.hadoop());
    return status.getPath()
        + " "
        + split.name()
        + " "
        + status.getLen()
        + " "
        + status.getModificationTime();
  }

  @Override
  public SampleIndexBuilder list(DataSplit split, boolean withContents, ScanJobs jobs)
      throws IOException {
    FileStatus tar = DataFiles.status(split.set().uri(), jobs.hadoop());
    String uri = tar.getPath().toString();
    String name = split.name();
    TarSplitVisitor.Found found = TarSplitVisitor.Found.nothing();
    for (TarSplitVisitor.Found part :
        walkAll(
            "Listing " + split,
            tar,
            jobs,
            () -> new TarSplitVisitor(uri, name, withContents),
            TarSplitVisitor::found)) {
      found.addAll(part);
    }
    if (!found.images().isEmpty()) {
      Set<String> wanted = found.links().wanted(found.images());
      TarTargets targets = new TarTargets(wanted, withContents);
      for (TarTargets part :
          walkAll(
              "Following links of " + split,
              tar,
              jobs,
              () -> new TarTargets(wanted, withContents),
              visitor -> visitor)) {
        targets.addAll(part);
      }
      TarSplitVisitor.resolve(found, name, uri, targets);
    }
    return found.samples();
  }

  /** Walks the whole tar. Returns the results of the segments in the order of the tar. */
  private <V extends TarScanner.Visitor, R extends Serializable> List<R> walkAll(
      String title, FileStatus tar, ScanJobs jobs, Visitors<V> visitors, Result<V, R> result)
      throws IOException {
    String uri = tar.getPath().toString();
    List<Segment> segments = new ArrayList<>();
    long from = 0;
    do {
      long until = Math.min(tar.getLen(), from + segmentBytes);
      segments.add(new Segment(uri, tar.getLen(), from, until));
      from = until;
    } while (from < tar.getLen());

    List<R> found = new ArrayList<>();
    TarScanner.Position next = START;
    for (Walked<R> walked :
        jobs.map(
            title, segments, (segment, hadoop) -> walkSegment(segment, hadoop, visitors, result))) {
      Segment segment = walked.segment();
      if (next.at() >= segment.until()) {
        continue; // An entry extends past it, or the archive ended before it.
      }
      Walked<R> right =
          walked.began() == next.at()
              ? walked
              : walk(segment, next, jobs.hadoop(), visitors, result);
      found.add(right.found());
      next = right.ended();
    }
    if (!next.isClosed()) {
      throw new DataSetException(
          "tar "
              + uri
              + " is cut short: expected another header or the end-of-archive block at"
              + " offset "
              + next.at()
              + ", got the end of the file at "
              + tar.getLen());
    }
    return found;
  }

  private static <V extends TarScanner.Visitor, R> Walked<R> walkSegment(
      Segment segment, Configuration hadoop, Visitors<V> visitors, Result<V, R> result)
      throws IOException {
    if (segment.from() == 0) {
      return walk(segment, START, hadoop, visitors, result);
    }
    try {
      long began;
      try (FSDataInputStream in = DataFiles.open(new Path(segment.uri()), hadoop)) {
        began =
            new TarScanner(segment.uri(), in, segment.fileLength())
                .nextHeader(segment.from(), segment.until());
      }
      return walk(segment, new TarScanner.Position(began, false), hadoop, visitors, result);
    } catch (DataSetException guessedWrong) {
      // The block was not a header, or the tar is damaged. The walk from the right place decides.
      return new Walked<>(segment, -1, START, result.of(visitors.visitor()));
    }
  }

  private static <V extends TarScanner.Visitor, R> Walked<R> walk(
      Segment segment,
      TarScanner.Position from,
      Configuration hadoop,
      Visitors<V> visitors,
      Result<V, R> result)
      throws IOException {
    V visitor = visitors.visitor();
    try (FSDataInputStream in = DataFiles.open(new Path(segment.uri()), hadoop)) {
      TarScanner.Position ended =
          new TarScanner(segment.uri(), in, segment.fileLength())
              .walk(from, segment.until(), visitor);
      return new Walked<>(segment, from.at(), ended, result.of(visitor));
    }
  }
}
