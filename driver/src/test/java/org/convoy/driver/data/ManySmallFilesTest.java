package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A data set of many files in a store, whose files are made up. {@code
 * -Dconvoy.index.files=1000000} measures a million of them, {@code
 * -Dconvoy.index.request-millis=20} with a store that takes 20 ms for a request.
 */
class ManySmallFilesTest {
  private static final int FILES = Integer.getInteger("convoy.index.files", 4000);
  private static final int CLASSES = FILES / 1000 + 10;
  private static final int REQUEST_MILLIS = Integer.getInteger("convoy.index.request-millis", 1);

  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  /**
   * The first time each class folder is listed twice and each file is opened once, later no file
   * is.
   */
  @Test
  void filesAreOpenedOnceAndManyAtATime() throws IOException {
    Configuration hadoop = new Configuration();
    MadeUpStore.install(hadoop, CLASSES, FILES / CLASSES, REQUEST_MILLIS);
    DataSplit split = DataSet.at(MadeUpStore.SCHEME + ":/data", hadoop).split("train");
    long start = System.nanoTime();
    SampleIndex first = index(split, hadoop);
    double indexed = seconds(start);
    int files = CLASSES * (FILES / CLASSES);
    assertEquals(files, first.count());
    assertEquals(CLASSES, first.classes().size());
    assertEquals(files, MadeUpStore.OPENED.get());
    assertEquals(StoreRequests.AT_ONCE, MadeUpStore.mostOpen());
    assertEquals(2 * CLASSES, MadeUpStore.CLASSES_LISTED.get());

    start = System.nanoTime();
    SampleIndex again = index(split, hadoop);
    double looked = seconds(start);
    assertEquals(first.fingerprint(), again.fingerprint());
    assertEquals(files, MadeUpStore.OPENED.get());
    assertEquals(3 * CLASSES, MadeUpStore.CLASSES_LISTED.get());
    System.out.println(
        String.format(
            Locale.ROOT,
            "%,d files in %,d folders, %d ms for a request, one core: indexed in %.1f s; looked for"
                + " changes in %.1f s",
            files,
            CLASSES,
            REQUEST_MILLIS,
            indexed,
            looked));
  }

  @Test
  void answersComeInOrderAndTheFirstFailureIsThrown() throws IOException {
    List<Integer> items = IntStream.range(0, 200).boxed().toList();
    assertEquals(items, StoreRequests.all(items, item -> item));
    IOException failure =
        assertThrows(IOException.class, () -> StoreRequests.all(items, ManySmallFilesTest::odd));
    assertEquals("no answer for 1", failure.getMessage());
    assertTrue(StoreRequests.all(List.of(), item -> item).isEmpty());
  }

  private static int odd(int item) throws IOException {
    if (item % 2 == 1) {
      throw new IOException("no answer for " + item);
    }
    return item;
  }

  private SampleIndex index(DataSplit split, Configuration hadoop) throws IOException {
    return SampleIndexer.local(hadoop)
        .index(
            split,
            FileSystem.getLocal(hadoop),
            new org.apache.hadoop.fs.Path(folder.resolve("index").toUri()));
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) * 1e-9;
  }
}
