package org.convoy.driver.data;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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
 *
 * <p>Links that stand for images are found in the walk; what they lead to is looked up in a second
 * one, which a tar without such links does not take.
 */
final class TarFormat implements SplitFormat {

  /** Smaller tars are walked in one go: a gigabyte of images has some ten thousand headers. */
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
   * What a walk found, where it began and where it ended; begins at -1 if it found the segment
   * unreadable.
   */
  private record Walked<V>(Segment segment, long began, TarScanner.Position ended, V found)
      implements Serializable {}

  /** Makes a visitor for a segment, on whichever machine walks it. */
  @FunctionalInterface
  private interface Visitors<V extends TarScanner.Visitor> extends Serializable {
    V visitor();
  }

  /** What is kept of a visitor when its segment is through. */
  @FunctionalInterface
  private interface Result<V, R> extends Serializable {
    R of(V visitor);
  }

  @Override
  public String description() {
    return "a .tar";
  }

  @Override
  public boolean reads(FileStatus status) {
    return status.isFile() && status.getPath().getName().toLowerCase(Locale.ROOT).endsWith(".tar");
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

  /** Walks the whole tar; returns what the visitors of its segments found, in the tar's order. */
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
        continue; // An entry reached past it, or the archive ended before it.
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
      // What looked like a header was none, or the tar is damaged: the walk from the right place
      // will tell.
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
