package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that were replaced by others of the same name and length. */
class ContentCheckTest {

  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  private SampleIndex kept(Path data) throws IOException {
    return SampleIndexer.local(Samples.HADOOP)
        .index(
            Samples.split(data, ""),
            FileSystem.getLocal(Samples.HADOOP),
            new org.apache.hadoop.fs.Path(folder.resolve("index").toUri()));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1023, 1024, 1025, 2047, 2048, 2049, 5000, 300_000})
  void aReplacedImageIsNoticedInAFolderAndInATar(int length) throws IOException {
    byte[] content = new byte[length];
    content[0] = 1;
    Path data = folder.resolve("data");
    Path image = data.resolve("a/1.jpg");
    Samples.file(data, "a/2.jpg");
    Files.write(image, content);
    SampleIndex before = kept(data);
    assertEquals(before.contentDigest(), kept(tar(content)).contentDigest(), "as a tar");

    Path copy = folder.resolve("copy");
    Samples.file(copy, "a/1.jpg");
    Files.write(copy.resolve("a/1.jpg"), content);
    Files.write(copy.resolve("a/2.jpg"), Files.readAllBytes(data.resolve("a/2.jpg")));
    assertEquals(before.contentDigest(), kept(copy).contentDigest(), "in another place");

    for (int at : new int[] {0, length - 1}) {
      byte[] other = content.clone();
      other[at] ^= 0x55;
      FileTime folderTime = Files.getLastModifiedTime(image.getParent());
      Files.write(image, other);
      Files.setLastModifiedTime(image, FileTime.fromMillis(1_000_000 + at));
      assertEquals(folderTime, Files.getLastModifiedTime(image.getParent()));
      SampleIndex after = kept(data);
      assertEquals(before.fingerprint(), after.fingerprint());
      assertNotEquals(before.contentDigest(), after.contentDigest());
      assertEquals(after.contentDigest(), kept(tar(other)).contentDigest());
    }
    Files.write(image, content);
    Files.setLastModifiedTime(image, FileTime.fromMillis(5_000_000));
    assertEquals(before.contentDigest(), kept(data).contentDigest(), "only touched");
  }

  @Test
  void anIndexListedWithoutContentsHasNoDigest() throws IOException {
    Samples.file(folder, "data/a/1.jpg");
    SampleIndex index = Samples.index(folder.resolve("data"), "");
    assertThrows(IllegalStateException.class, index::contentDigest);
  }

  private Path tar(byte[] content) throws IOException {
    Path file = folder.resolve("set" + content[0] + content[content.length - 1] + ".tar");
    try (OutputStream out = Files.newOutputStream(file);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      Samples.add(tar, "a/1.jpg", content);
      Samples.add(tar, "a/2.jpg", Samples.contents("a/2.jpg"));
    }
    return file;
  }
}
