package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data set on a file system other than the local one, listed only through Hadoop. */
class OtherFileSystemTest {

  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  /** Files of this machine under a separate scheme. */
  public static final class Other extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("other:///");
    }

    @Override
    public String getScheme() {
      return "other";
    }
  }

  @Test
  void findsTheSameAsALocalListing() throws IOException {
    Samples.file(folder, "train/a/1.jpg");
    Samples.file(folder, "train/a/in/2.jpg");
    Samples.file(folder, "train/b/größe.jpg");
    Samples.file(folder, "train/b/notes.txt");
    Samples.file(folder, "train/.git/x.jpg");
    Configuration hadoop = new Configuration();
    hadoop.set("fs.other.impl", Other.class.getName());
    DataSplit split = DataSet.at("other:" + folder, hadoop).split("train");
    SampleIndexer indexer = SampleIndexer.local(hadoop);
    SampleIndex there =
        indexer.index(
            split,
            FileSystem.getLocal(hadoop),
            new org.apache.hadoop.fs.Path(folder.resolve("index").toUri()));
    SampleIndex here = Samples.index(folder, "train");
    assertEquals("other:" + folder + "/train/a/in/2.jpg", there.uri(1));
    assertEquals(here.fingerprint(), there.fingerprint());
    assertEquals(here.ignoredFiles(), there.ignoredFiles());
    try (SampleReader reader = new SampleReader(there, 4, 1 << 20, hadoop)) {
      assertArrayEquals(Samples.contents("train/a/in/2.jpg"), reader.read(1));
    }
    assertEquals(3, ImageFile.list("other:" + folder + "/train", hadoop).size());
    assertThrows(
        IllegalArgumentException.class,
        () -> split.requireOutside("other:" + folder + "/train/out", hadoop));
    assertThrows(
        DataSetException.class,
        () -> DataSet.at("other:" + folder, hadoop).split("x").check(hadoop));
  }
}
