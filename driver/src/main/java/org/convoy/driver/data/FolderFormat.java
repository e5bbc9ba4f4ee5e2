package org.convoy.driver.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/**
 * A folder with a sub-folder for each class and one file per image. Folders inside a class folder
 * belong to the class. Class folders are listed in parallel. In a store the contents of many images
 * are looked at, at the same time.
 */
final class FolderFormat implements SplitFormat {

  /**
   * Pieces of work per core. Each lists several class folders, so a thousand classes do not become
   * a thousand tasks.
   */
  private static final int PIECES_PER_CORE = 4;

  @Override
  public String description() {
    return "a folder";
  }

  @Override
  public boolean reads(SourceFiles source) {
    return source.isFolder();
  }

  @Override
  public void check(DataSplit split, Configuration hadoop) throws IOException {
    classFolders(split, hadoop, new SampleIndexBuilder());
  }

  /**
   * The stamp covers the name, length and modification time of every image, so this lists all
   * images.
   */
  @Override
  public String stamp(DataSplit split, ScanJobs jobs) throws IOException {
    long sum = 0;
    List<String> folders = classFolders(split, jobs.hadoop(), new SampleIndexBuilder());
    for (long part :
        jobs.map(
            "Looking for changes in " + split,
            pieces(folders, jobs.parallelism()),
            FolderFormat::stampClasses)) {
      sum += part;
    }
    return root(split) + " " + HexFormat.of().toHexDigits(sum);
  }

  @Override
  public SampleIndexBuilder list(DataSplit split, boolean withContents, ScanJobs jobs)
      throws IOException {
    SampleIndexBuilder found = new SampleIndexBuilder();
    List<String> folders = classFolders(split, jobs.hadoop(), found);
    for (SampleIndexBuilder part :
        jobs.map(
            "Listing " + split,
            pieces(folders, jobs.parallelism()),
            (piece, hadoop) -> listClasses(piece, withContents, hadoop))) {
      found.addAll(part);
    }
    return found;
  }

  private static List<List<String>> pieces(List<String> folders, int parallelism) {
    int size = Math.max(1, folders.size() / (PIECES_PER_CORE * parallelism));
    List<List<String>> pieces = new ArrayList<>();
    for (int i = 0; i < folders.size(); i += size) {
      pieces.add(List.copyOf(folders.subList(i, Math.min(folders.size(), i + size))));
    }
    return pieces;
  }

  /** A sum over all images, so that it does not depend on the order in which they are listed. */
  private static Long stampClasses(List<String> folders, Configuration hadoop) throws IOException {
    long[] sum = new long[1];
    for (String folder : folders) {
      FolderWalk.walk(
          new Path(folder),
          hadoop,
          new FolderWalk.Visitor() {
            @Override
            public void image(String name, long length, long modified) {
              String line = folder + "/" + name + "\n" + length + "\n" + modified;
              byte[] sha = SampleIndex.sha256().digest(line.getBytes(StandardCharsets.UTF_8));
              sum[0] += ByteBuffer.wrap(sha).getLong();
            }

            @Override
            public void folder(String name) {}

            @Override
            public void leftOut(String name, LeftOut why) {}
          });
    }
    return sum[0];
  }

  /** An image that was found. */
  private record Found(String folder, String className, String name, long length) {}

  private static SampleIndexBuilder listClasses(
      List<String> folders, boolean withContents, Configuration hadoop) throws IOException {
    SampleIndexBuilder found = new SampleIndexBuilder();
    List<Found> images = new ArrayList<>();
    for (String folder : folders) {
      Path path = new Path(folder);
      String className = path.getName();
      found.addClass(className);
      FolderWalk.walk(
          path,
          hadoop,
          new FolderWalk.Visitor() {
            @Override
            public void image(String name, long length, long modified) {
              images.add(new Found(folder, className, name, length));
            }

            @Override
            public void folder(String name) {
              found.addFolderInClass(className);
            }

            @Override
            public void leftOut(String name, LeftOut why) {
              found.leaveOut(className + "/" + name, why);
            }
          });
    }
    List<Long> checks =
        withContents
            ? checks(images, hadoop)
            : Collections.nCopies(images.size(), ContentCheck.NONE);
    for (int i = 0; i < checks.size(); i++) {
      Found image = images.get(i);
      found.add(
          image.className(),
          image.name(),
          image.folder(),
          SampleIndex.WHOLE_FILE,
          image.length(),
          checks.get(i));
    }
    return found;
  }

  /** Disks of this machine are read one file after the other, stores many files at a time. */
  private static List<Long> checks(List<Found> images, Configuration hadoop) throws IOException {
    StoreRequests.Request<Found, Long> check =
        image ->
            check(Folders.child(new Path(image.folder()), image.name()), image.length(), hadoop);
    if (images.isEmpty() || !DataFiles.isLocal(new Path(images.get(0).folder()), hadoop)) {
      return StoreRequests.all(images, check);
    }
    List<Long> checks = new ArrayList<>(images.size());
    for (Found image : images) {
      checks.add(check.answer(image));
    }
    return checks;
  }

  private static long check(Path file, long length, Configuration hadoop) throws IOException {
    try (FSDataInputStream in = DataFiles.openUnchecked(file, hadoop)) {
      return ContentCheck.of(in, length);
    } catch (DataSetException e) {
      throw e;
    } catch (IOException e) {
      throw new DataSetException("image " + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Path root(DataSplit split) {
    return split.name().isEmpty()
        ? split.set().path()
        : Folders.child(split.set().path(), split.name());
  }

  /** The class folders in the order of their names. The builder gets all other entries. */
  private static List<String> classFolders(
      DataSplit split, Configuration hadoop, SampleIndexBuilder found) throws IOException {
    Path root = root(split);
    Folders folders = Folders.of(root, hadoop);
    Set<String> names = new TreeSet<>();
    try {
      Set<Object> upwards = folders.identitiesUpwards(root);
      folders.list(
          root,
          entry -> {
            if (entry.kind() == Folders.Kind.BROKEN_LINK) {
              found.leaveOut(entry.name(), LeftOut.BROKEN_LINK);
            } else if (entry.kind() != Folders.Kind.FOLDER) {
              found.leaveOut(entry.name(), LeftOut.NO_IMAGE);
            } else if (ImageNames.isHidden(entry.name())) {
              found.leaveOut(entry.name(), LeftOut.HIDDEN);
            } else if (entry.isLink() && leadsBack(root, entry.name(), folders, upwards)) {
              found.leaveOut(entry.name(), LeftOut.REPEATED_FOLDER);
            } else {
              names.add(entry.name());
            }
          });
    } catch (FileNotFoundException | java.nio.file.NoSuchFileException e) {
      throw new DataSetException(
          "no "
              + split
              + ": expected a folder of that name; folders there: "
              + folderNames(split.set().path(), hadoop),
          e);
    }
    return names.stream().map(name -> Folders.child(root, name).toString()).toList();
  }

  private static boolean leadsBack(Path root, String name, Folders folders, Set<Object> upwards)
      throws IOException {
    Optional<Object> identity = folders.identity(Folders.child(root, name));
    return identity.isPresent() && upwards.contains(identity.get());
  }

  private static String folderNames(Path root, Configuration hadoop) throws IOException {
    Set<String> names = new TreeSet<>();
    Folders.of(root, hadoop)
        .list(
            root,
            entry -> {
              if (entry.kind() == Folders.Kind.FOLDER) {
                names.add(entry.name());
              }
            });
    return names.isEmpty() ? "none" : String.join(", ", names.stream().limit(20).toList());
  }
}
