package org.convoy.image.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.convoy.image.kernels.PixelLibrary;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class DecodingBytesTest {
  /** A window takes the memory of its own pixels, and the file. */
  @Test
  void aWindowTakesLessThanThePicture() throws Exception {
    Assumptions.assumeTrue(PixelLibrary.isThere(), "needs native code for pixels");
    byte[] file = JpegEncoder.encode(new byte[600 * 800 * 3], 600, 800, 90);
    try (ImageDecoder decoder = new ImageDecoder()) {
      EncodedImage image = decoder.open("a", file);
      long beside = image.decodingBytes() - 6L * 600 * 800;
      assertEquals(6L * 100 * 200 + beside, image.decodingBytes(new Window(10, 20, 100, 200)));
      assertEquals(image.decodingBytes(), image.decodingBytes(Window.whole(600, 800)));
    }
  }
}
