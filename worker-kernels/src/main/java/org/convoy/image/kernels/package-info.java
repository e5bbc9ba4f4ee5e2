/**
 * Native code for pixels: windows of JPEGs by libjpeg-turbo, and Convoy's own vector kernels that
 * scale, mirror and normalise. The sources are in {@code src/main/pixels}. All calls take addresses
 * of native memory, which the callers own.
 *
 * <p>{@link org.convoy.image.kernels.PixelLibrary} says whether there is native code for this
 * processor. Where there is none, the callers compute the same bytes in Java.
 *
 * <p>Callers: the other rooms of images. This room knows no file formats, transforms or threads.
 */
@NullMarked
package org.convoy.image.kernels;

import org.jspecify.annotations.NullMarked;
