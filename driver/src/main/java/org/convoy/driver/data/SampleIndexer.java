package org.convoy.driver.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.convoy.settings.RequestException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists splits into indexes. An index is kept in a folder beside the output and reused until the
 * modification time or length of the source changes.
 */
public final class SampleIndexer {

  private static final Logger LOG = LoggerFactory.getLogger(SampleIndexer.class);

  private final ScanJobs jobs;

  /** What is written into a file. */
  @FunctionalInterface
  private interface Content {
    void write(OutputStream out) throws IOException;
  }

  private SampleIndexer(ScanJobs jobs) {
    this.jobs = jobs;
  }

  /** Lists class folders, or parts of a tar, with these jobs, for example on a cluster. */
  public static SampleIndexer on(ScanJobs jobs) {
    return new SampleIndexer(jobs);
  }

  /** Lists in this process, for commands without a cluster. */
  public static SampleIndexer local(Configuration hadoop) {
    return new SampleIndexer(new ScanJobs.Local(hadoop));
  }

  /**
   * Lists a split again, without reading the contents of the images.
   *
   * @throws DataSetException if the split is missing, has no classes or an empty class, or is a
   *     truncated tar
   * @throws IOException if it cannot be read
   */
  public SampleIndex index(DataSplit split) throws IOException {
    return list(split, false);
  }

  /**
   * Returns the index from the folder if the source has not changed. Otherwise lists the split
   * again, reads the {@link ContentCheck} of each image, and keeps the index there.
   *
   * @param files the file system of the folder; it decides the permissions of the index
   * @param folder folder of the indexes, such as OUT/index; created if missing
   * @throws DataSetException as {@link #index(DataSplit)} does
   * @throws IOException if the source cannot be read or the folder not be written
   */
  public SampleIndex index(DataSplit split, FileSystem files, Path folder) throws IOException {
    String stamp = split.format() + " " + split.format().open().stamp(split, jobs);
    Path file = new Path(folder, fileName(split));
    Optional<SampleIndexFile.Stamped> kept = load(files, file);
    if (kept.isPresent() && kept.get().stamp().equals(stamp)) {
      return kept.get().index();
    }
    SampleIndex index = list(split, true);
    if (kept.isPresent()) {
      LOG.info("The data of index {} has changed; the index is made again", file);
      ListingReport.tellChanges(kept.get().index(), index);
    }
    save(files, file, out -> SampleIndexFile.write(index, stamp, out));
    return index;
  }

  /**
   * As {@link #index(DataSplit, FileSystem, Path)}, with the index in memory or in files.
   *
   * @throws RequestException if the split's format cannot be listed into files
   */
  public SampleIndex index(DataSplit split, FileSystem files, Path folder, IndexPlace place)
      throws IOException {
    if (place == IndexPlace.MEMORY) {
      return index(split, files, folder);
    }
    if (!(split.format().open() instanceof ShardedFormat format)) {
      throw new RequestException(
          "data.index is files, which is for WebDataset, TFRecord and sequence files: "
              + split
              + " is "
              + split.format().title());
    }
    String stamp = split.format() + " " + format.stamp(split, jobs);
    Path file = new Path(folder, fileName(split) + ".json");
    Optional<PagedHead> kept = loadHead(files, file);
    if (kept.isPresent() && kept.get().stamp().equals(stamp)) {
      return paged(kept.get());
    }
    long start = System.nanoTime();
    String parts = new Path(folder, fileName(split) + ".parts").toString();
    PagedListing found = format.listInFiles(split, parts, jobs);
    PagedHead head = found.head(split, stamp, parts, jobs.hadoop());
    SampleIndex index = paged(head);
    ListingReport.tell(split, index, found.leftOut(), (System.nanoTime() - start) / 1_000_000);
    save(files, file, out -> out.write(head.toJson()));
    return index;
  }

  private SampleIndex paged(PagedHead head) {
    return new SampleIndex(
        head.title(),
        head.classes().toArray(String[]::new),
        new PagedColumns(head, jobs.hadoop()),
        head.ignoredFiles());
  }

  private static Optional<PagedHead> loadHead(FileSystem files, Path file) {
    try (InputStream in = files.open(file)) {
      PagedHead head = PagedHead.of(in.readAllBytes());
      return head.version() == PagedHead.VERSION ? Optional.of(head) : Optional.empty();
    } catch (FileNotFoundException e) {
      LOG.debug("No index at {} yet", file);
    } catch (IOException e) {
      LOG.warn("Index {} cannot be used and is made again: {}", file, e.getMessage());
    }
    return Optional.empty();
  }

  private SampleIndex list(DataSplit split, boolean withContents) throws IOException {
    long start = System.nanoTime();
    SampleIndexBuilder found = split.format().open().list(split, withContents, jobs);
    SampleIndex index = found.build(split);
    ListingReport.tell(split, index, found.leftOut(), (System.nanoTime() - start) / 1_000_000);
    return index;
  }

  private static Optional<SampleIndexFile.Stamped> load(FileSystem files, Path file) {
    try {
      FileStatus status = files.getFileStatus(file);
      try (InputStream in = files.open(file)) {
        return Optional.of(SampleIndexFile.read(in, status.getLen()));
      }
    } catch (FileNotFoundException e) {
      LOG.debug("No index at {} yet", file);
    } catch (IOException e) {
      LOG.warn("Index {} cannot be used and is made again: {}", file, e.getMessage());
    }
    return Optional.empty();
  }

  /**
   * Writes the index beside its place and renames it, so that an incomplete index is never read.
   */
  private static void save(FileSystem files, Path file, Content content) throws IOException {
    Path beside = new Path(file.getParent(), "." + file.getName() + ".part");
    try (OutputStream out = files.create(beside, true)) {
      content.write(out);
    } catch (IOException | FSError e) {
      // Hadoop's local file system throws an Error on a full disk.
      Throwable cause = e instanceof FSError && e.getCause() != null ? e.getCause() : e;
      throw new IOException("could not write index " + file + ": " + cause.getMessage(), cause);
    }
    files.delete(file, false);
    if (!files.rename(beside, file)) {
      throw new IOException("index " + beside + " could not be renamed to " + file.getName());
    }
  }

  private static String fileName(DataSplit split) {
    byte[] key = (split.set().uri() + "\n" + split.name()).getBytes(StandardCharsets.UTF_8);
    String digest = HexFormat.of().formatHex(SampleIndex.sha256().digest(key), 0, 6);
    String name = split.name().isEmpty() ? "root" : split.name().replaceAll("[^A-Za-z0-9_-]", "_");
    return name + "-" + digest + ".index";
  }
}
