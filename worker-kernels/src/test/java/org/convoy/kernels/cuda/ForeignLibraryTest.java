package org.convoy.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Calls into a library that the jar was not linked with, the C library's. */
class ForeignLibraryTest {
  private static final String C = "libc.so.6";

  @BeforeAll
  static void needsThePlatform() {
    assumeTrue(
        ForeignCalls.load(), "needs the calls into libraries, which Linux on x86-64 alone has");
  }

  @Test
  void callsFunctions() {
    ForeignLibrary library = ForeignLibrary.open("C", List.of("libnothing.so.7", C));
    assertEquals(C, library.name());
    try (BytePointer text = new BytePointer("nine char");
        BytePointer copy = new BytePointer(10)) {
      assertEquals(9, library.call("strlen", text.address()));
      long result = library.value("memcpy", copy.address(), text.address(), 10);
      assertEquals(copy.address(), result);
      assertEquals("nine char", Addresses.text(copy.address()));
    }
  }

  @Test
  void saysWhatIsMissing() {
    String message =
        assertThrows(
                UnsupportedOperationException.class,
                () -> ForeignLibrary.open("the thing", List.of("libnothing.so.7", "libno.so")))
            .toString();
    assertTrue(message.contains("the thing was not found"), message);
    assertTrue(message.contains("libnothing.so.7, libno.so"), message);
    ForeignLibrary library = ForeignLibrary.open("C", List.of(C));
    assertFalse(library.has("no_such_function"));
    assertTrue(
        assertThrows(UnsupportedOperationException.class, () -> library.call("no_such_function"))
            .toString()
            .contains("no_such_function"));
    assertThrows(IllegalArgumentException.class, () -> library.call("strlen", new long[12]));
  }
}
