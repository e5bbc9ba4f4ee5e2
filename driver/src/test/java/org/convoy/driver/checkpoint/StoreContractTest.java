package org.convoy.driver.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.convoy.artifact.ArtifactStore;
import org.convoy.artifact.LocalStore;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract of every store, on real files. */
class StoreContractTest {
  /** The implementations. */
  enum Kind {
    LOCAL {
      @Override
      ArtifactStore at(Path root) {
        return new LocalStore(root);
      }
    },
    HADOOP {
      @Override
      ArtifactStore at(Path root) throws IOException {
        return StoreLocation.of(root.toString(), new Configuration()).open();
      }
    };

    abstract ArtifactStore at(Path root) throws IOException;
  }

  private static void write(ArtifactStore store, String path, String text) throws IOException {
    try (OutputStream out = store.create(path)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static String read(ArtifactStore store, String path) throws IOException {
    try (InputStream in = store.open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @EnumSource
  void filesAndFolders(Kind kind, @TempDir Path folder) throws IOException {
    ArtifactStore store = kind.at(folder.resolve("not/there/yet"));
    assertEquals(List.of(), store.list(""));
    write(store, "a/b/two", "2");
    write(store, "a/b/one", "11");
    write(store, "a/b/one", "1");
    assertEquals(List.of("one", "two"), store.list("a/b"));
    assertEquals(List.of("a"), store.list(""));
    assertEquals("1", read(store, "a/b/one"));
    assertEquals(1, store.size("a/b/one"));
    assertTrue(store.exists("a/b"));
    store.rename("a/b", "a/.c");
    assertFalse(store.exists("a/b"));
    assertEquals("2", read(store, "a/.c/two"));
    store.delete("a");
    store.delete("a");
    assertEquals(List.of(), store.list(""));
  }

  /** Hadoop's Path takes the part of a relative name before a colon for a scheme. */
  @ParameterizedTest
  @EnumSource
  void namesMayHaveColons(Kind kind, @TempDir Path folder) throws IOException {
    ArtifactStore store = kind.at(folder.resolve("to:day"));
    write(store, "09:30/file:1", "1");
    assertEquals(List.of("09:30"), store.list(""));
    assertEquals("1", read(store, "09:30/file:1"));
    store.rename("09:30", "s3:x");
    assertEquals(List.of("file:1"), store.list("s3:x"));
    store.delete("s3:x");
    assertFalse(store.exists("s3:x"));
  }

  @ParameterizedTest
  @EnumSource
  void missingAndConflictingPathsAreNamed(Kind kind, @TempDir Path folder) throws IOException {
    ArtifactStore store = kind.at(folder);
    String full = folder.resolve("x/y").toString();
    assertEquals(full, store.describe("x/y"));
    for (IOException e :
        List.of(
            assertThrows(FileNotFoundException.class, () -> store.open("x/y")),
            assertThrows(FileNotFoundException.class, () -> store.size("x/y")),
            assertThrows(FileNotFoundException.class, () -> store.rename("x/y", "z")))) {
      assertTrue(e.toString().contains(full), e::toString);
    }
    write(store, "from/file", "1");
    write(store, "to/file", "2");
    assertThrows(FileAlreadyExistsException.class, () -> store.rename("from", "to"));
    assertEquals(List.of("file"), store.list("to"));
  }

  @ParameterizedTest
  @EnumSource
  void aFullDiskIsAnIoException(Kind kind, @TempDir Path folder) throws Exception {
    Optional<SmallDisk> mounted = SmallDisk.mount(folder, 64);
    Assumptions.assumeTrue(mounted.isPresent(), "mounting a tmpfs needs root");
    try (SmallDisk disk = mounted.get()) {
      ArtifactStore store = kind.at(disk.root());
      String tooLong = "x".repeat(200_000);
      IOException e = assertThrows(IOException.class, () -> write(store, "file", tooLong));
      assertTrue(e.toString().contains("No space left on device"), e::toString);
    }
  }

  /** Hadoop by itself makes files that everybody may read, for any umask. */
  @Test
  void filesAreAsOpenAsTheUmaskSays(@TempDir Path folder) throws Exception {
    String umask = LocalFiles.umask().orElse("");
    Assumptions.assumeFalse(umask.isEmpty(), "the system does not tell the umask");
    Process writer =
        new ProcessBuilder(
                "sh",
                "-c",
                "umask 077; exec \"$0\" \"$@\"",
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                folder.resolve("private").toString())
            .inheritIO()
            .start();
    assertEquals(0, writer.waitFor());
    Set<PosixFilePermission> own = PosixFilePermissions.fromString("rw-------");
    for (String name : List.of("private/sub/created", "private/new", "private/replaced")) {
      assertEquals(own, Files.getPosixFilePermissions(folder.resolve(name)), name);
    }
    assertEquals(
        PosixFilePermissions.fromString("rwx------"),
        Files.getPosixFilePermissions(folder.resolve("private/sub")));
  }

  /** Writes into the given folder by every method. */
  static final class Writer {
    public static void main(String[] folder) throws IOException {
      HadoopStore store = StoreLocation.of(folder[0], new Configuration()).open();
      write(store, "sub/created", "1");
      store.createNew("new").close();
      store.replace("replaced", new byte[1]);
    }
  }

  @Test
  void onlyOneOfTwoCreatesANewFile(@TempDir Path folder) throws Exception {
    HadoopStore store = StoreLocation.of(folder.toString(), new Configuration()).open();
    store.createNew("a/file").close();
    FileAlreadyExistsException e =
        assertThrows(FileAlreadyExistsException.class, () -> store.createNew("a/file"));
    assertTrue(e.toString().contains(folder.resolve("a/file").toString()), e::toString);
    store.replace("a/file", new byte[] {'2'});
    assertEquals("2", read(store, "a/file"));
    assertEquals(List.of("file"), store.list("a"));
  }

  @Test
  void aLocationTravelsToExecutors(@TempDir Path folder) throws Exception {
    Configuration configuration = new Configuration();
    configuration.set("convoy.test", "of the driver");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(StoreLocation.of(folder.toUri().toString(), configuration));
    }
    StoreLocation there;
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      there = (StoreLocation) in.readObject();
    }
    assertEquals("of the driver", there.configuration().get("convoy.test"));
    write(there.open(), "file", "1");
    assertEquals("1", read(new LocalStore(folder), "file"));
    assertEquals(List.of("file"), new LocalStore(folder).list(""));
  }
}
