package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnicodeFormsTest {

  private static final String NFC = "caf\u00e9";
  private static final String NFD = "cafe\u0301";

  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  @Test
  void namesThatLookAlikeAreReported() {
    assertEquals(List.of(), UnicodeForms.alike(List.of(NFC, "cafe", "caf\u00e8")));
    assertEquals(
        List.of(
            "'"
                + NFC
                + "' stands for 2 different names, caf\\u00E9 (NFC) and cafe\\u0301 (NFD):"
                + " rename them to one Unicode form if one name is meant"),
        UnicodeForms.alike(List.of(NFC, NFD, "other")));
  }

  @Test
  void theyAreDifferentClassesAndTheMessageExplainsWhy() throws IOException {
    Samples.file(folder, "train/" + NFC + "/1.jpg");
    Samples.file(folder, "test/" + NFD + "/1.jpg");
    SampleIndex test = Samples.index(folder, "test");
    List<String> classes = Samples.index(folder, "train").classes();
    DataSetException error =
        assertThrows(DataSetException.class, () -> test.requireClasses(classes, "the model"));
    assertTrue(
        String.valueOf(error.getMessage()).contains("2 different names"), error.getMessage());
  }
}
