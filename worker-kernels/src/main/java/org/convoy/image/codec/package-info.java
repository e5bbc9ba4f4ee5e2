/**
 * From the bytes of an image file to 8-bit pixels, and back to a JPEG.
 *
 * <p>{@link org.convoy.image.codec.ImageDecoder} is the entry: it recognises a file by its first
 * bytes, not by its name, reads its header, and decodes it into a {@link
 * org.convoy.image.codec.Raster}. Each format is a {@code Picture}, which checks the claims of a
 * file before anything is allocated or given to native code.
 *
 * <p>Callers: preprocessing and the shapes generator. The package does not know transforms,
 * batches, file systems or Spark. No file can end the process, hang it, or take more memory than
 * {@link org.convoy.image.codec.EncodedImage#decodingBytes} states.
 */
package org.convoy.image.codec;
