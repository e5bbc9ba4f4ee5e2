package org.convoy.driver.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Folders of this machine. Hadoop's listing drops every entry that it cannot open: a name that is
 * not text in the encoding of the process, or a link without a target. This listing sees every
 * entry.
 */
record LocalFolders() implements Folders {

  private static final char REPLACEMENT = '\uFFFD';

  @Override
  public void list(org.apache.hadoop.fs.Path folder, Visitor visitor) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(local(folder))) {
      for (Path entry : entries) {
        // This is Hadoop's check sum file of the file beside it.
        String name = name(entry);
        if (!(name.startsWith(".") && name.endsWith(".crc"))) {
          Optional<Entry> found = describe(folder, entry);
          if (found.isPresent()) {
            visitor.entry(found.get());
          }
        }
      }
    } catch (DirectoryIteratorException e) {
      throw new IOException("folder " + folder + " cannot be read: " + e.getMessage(), e);
    } catch (NoSuchFileException | NotDirectoryException e) {
      throw (IOException) new FileNotFoundException("no folder " + folder).initCause(e);
    } catch (AccessDeniedException e) {
      throw new IOException("folder " + folder + " cannot be read: permission denied", e);
    }
  }

  private static Optional<Entry> describe(org.apache.hadoop.fs.Path folder, Path entry)
      throws IOException {
    BasicFileAttributes found;
    try {
      found = Files.readAttributes(entry, BasicFileAttributes.class);
    } catch (AccessDeniedException e) {
      throw new IOException(
          "'" + name(entry) + "' in " + folder + " cannot be looked at: permission denied", e);
    } catch (IOException e) {
      // This is a link to nothing or to itself, or a file that was removed after the folder was
      // opened.
      return Files.isSymbolicLink(entry)
          ? Optional.of(new Entry(nameOrBytes(entry), Kind.BROKEN_LINK, true, 0, 0))
          : Optional.empty();
    }
    Kind kind = Kind.SPECIAL;
    if (found.isDirectory()) {
      kind = Kind.FOLDER;
    } else if (found.isRegularFile()) {
      kind = Kind.FILE;
    }
    String name = name(entry);
    boolean mayBeData =
        !ImageNames.isHidden(name) && (kind == Kind.FOLDER || ImageNames.isImage(name));
    if (mayBeData && !canBeOpened(entry)) {
      throw cannotBeOpened(folder, entry);
    }
    return Optional.of(
        new Entry(
            nameOrBytes(entry),
            kind,
            kind == Kind.FOLDER && Files.isSymbolicLink(entry),
            found.size(),
            found.lastModifiedTime().toMillis()));
  }

  /** Whether the name of the entry, as text, leads back to the entry. */
  private static boolean canBeOpened(Path entry) {
    String name = name(entry);
    if (name.indexOf(REPLACEMENT) < 0) {
      return true;
    }
    try {
      return entry.resolveSibling(name).equals(entry);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static DataSetException cannotBeOpened(org.apache.hadoop.fs.Path folder, Path entry) {
    return new DataSetException(
        "'"
            + nameOrBytes(entry)
            + "' in "
            + folder
            + " cannot be opened: its name is no text in the encoding of this process, "
            + DataFiles.NAME_ENCODING
            + (DataFiles.namesAreUtf8()
                ? ": rename it in UTF-8 (%XX above stands for a byte)"
                : ": start every process with LC_ALL=C.UTF-8 in its environment"
                    + " (%XX above stands for a byte)"));
  }

  private static String name(Path entry) {
    return String.valueOf(entry.getFileName());
  }

  /** The name. If it is not text, its bytes are written as %XX. */
  private static String nameOrBytes(Path entry) {
    if (canBeOpened(entry)) {
      return name(entry);
    }
    String raw = entry.toUri().getRawPath();
    String plain = raw.endsWith("/") ? raw.substring(0, raw.length() - 1) : raw;
    return plain.substring(plain.lastIndexOf('/') + 1);
  }

  @Override
  public Optional<Object> identity(org.apache.hadoop.fs.Path folder) throws IOException {
    return identity(local(folder));
  }

  @Override
  public Set<Object> identitiesUpwards(org.apache.hadoop.fs.Path folder) throws IOException {
    Set<Object> identities = new HashSet<>();
    for (Path at = local(folder).toRealPath(); at != null; at = at.getParent()) {
      identity(at).ifPresent(identities::add);
    }
    return identities;
  }

  private static Optional<Object> identity(Path folder) throws IOException {
    return Optional.ofNullable(Files.readAttributes(folder, BasicFileAttributes.class).fileKey());
  }

  private static Path local(org.apache.hadoop.fs.Path folder) throws DataSetException {
    return DataFiles.local(folder);
  }
}
