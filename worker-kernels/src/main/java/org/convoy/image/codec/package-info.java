/**
 * From the bytes of an image file to 8-bit pixels, and back to a JPEG.
 *
 * <p>{@link org.convoy.image.codec.ImageDecoder} is the door: it recognises a file by its first
 * bytes, whatever its name, reads its header, and decodes it into a {@link
 * org.convoy.image.codec.Raster}. Each format is a {@code Picture} that checks what a file claims
 * before anything is allocated or given to native code.
 *
 * <p>Preprocessing calls in here, and the generator of pictures does. The package knows nothing of
 * transforms, batches, file systems or Spark. No bytes of a file end the process, hang it, or take
 * more memory than {@link org.convoy.image.codec.EncodedImage#decodingBytes} states.
 */
package org.convoy.image.codec;
